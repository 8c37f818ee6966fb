// SPDX-License-Identifier: MIT-0
import CLinux
import Foundation
import Glibc
import LabHost
import LabModel
import LinuxSystem
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// Programs of a lab that die although no fault means them to.
    @Suite(.sideBySide, .timeLimit(.minutes(3)))
    struct ServiceDeathTests {
        /// A service, and how messages name it.
        enum Service: String, CaseIterable, CustomTestStringConvertible {
            case routeServer = "rs ended"
            case watcher = "vpc ended"
            case speaker = "on instance-rs-az2, speaker ended"
            case instance = "instance-rs-az2 ended"
            case testHost = "access-instance ended"

            var testDescription: String { rawValue }

            func processID(in lab: TestLab) throws -> Int32 {
                let directory = RunDirectory(labName: lab.name)
                let (socket, name) =
                    switch self {
                    case .routeServer: (directory.initSocket, "rs")
                    case .watcher: (directory.initSocket, "vpc")
                    case .speaker: (directory.instanceInitSocket("instance-rs-az2"), "speaker")
                    case .instance: (directory.initSocket, "instance-rs-az2")
                    case .testHost: (directory.initSocket, "access-instance")
                    }
                let programs = try InitClient(connectingTo: socket).running()
                let program = try #require(programs.first { $0.name == name })
                let processID = program.handle.processID()
                return try #require(processID)
            }
        }

        /// In seconds: enough for a busy machine to say it and to take the fault back, and below every limit of a wait.
        private static let atOnce = 30.0

        @Test(arguments: Service.allCases)
        func `a trial ends at once and names what died, and restore starts it again`(service: Service) throws {
            try TestLab.with("interop-death", up: "--hold", "3") { lab in
                let measuring = try lab.start(
                    "failover", "--measure", "--fault", "terminate", "--validation", "60s")
                try eventually("the fault in place") {
                    try LabState.load(RunDirectory(labName: lab.name)).faults.isEmpty == false
                }
                let start = Date()
                #expect(kill(try service.processID(in: lab), SIGKILL) == 0)
                measuring.waitUntilExit()
                #expect(Date().timeIntervalSince(start) < Self.atOnce)
                #expect(measuring.terminationStatus == 2)
                try expectNamed(service, in: lab)

                let restored = try lab.run("restore")
                #expect(restored.status == 0, "\(restored.standardError)")
                #expect(restored.standardError.contains(service.rawValue), "\(restored.standardError)")
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.dead == nil)
                #expect(status.sessions_established == 4)
                #expect(status.active == "instance-rs-az1")
                #expect(try lab.run("doctor").status == 0)
            }
        }

        /// What a user sees of a lab without a service.
        private func expectNamed(_ service: Service, in lab: TestLab) throws {
            let status = try lab.json(StatusOutput.self, "status")
            #expect(status.dead?.count == 1)
            #expect(status.dead?.first?.hasPrefix(service.rawValue) == true, "\(status.dead ?? [])")
            #expect(try lab.run("status").standardOutput.contains("(start it again with 'rslab restore"))
            let doctor = try lab.run("doctor")
            #expect(doctor.status == 2)
            #expect(doctor.standardOutput.contains(service.rawValue), "\(doctor.standardOutput)")
            for words in [["--measure"], []] {
                let result = try lab.run("failover", words)
                #expect(result.status == 2)
                #expect(result.standardError.contains(service.rawValue), "\(words): \(result.standardError)")
                #expect(result.standardError.contains("'rslab restore"), "\(result.standardError)")
            }
            guard service == .routeServer else { return }
            // The tables are the kernel's, and they lead where they led before.
            #expect(status.active != nil)
            for verb in ["neighbors", "rib"] {
                let result = try lab.run(verb)
                #expect(result.status == 2)
                #expect(result.standardError.contains("'rslab restore"), "\(result.standardError)")
            }
        }

        @Test func `a service that died is started again beside a fault that is taken back`() throws {
            try TestLab.with("interop-death-fault", up: "--hold", "3") { lab in
                #expect(try lab.run("failover", "--fault", "blackhole").status == 0)
                #expect(kill(try Service.routeServer.processID(in: lab), SIGKILL) == 0)
                try eventually("the death") { try lab.json(StatusOutput.self, "status").dead != nil }
                let restored = try lab.json(RestoreOutput.self, "restore")
                #expect(restored.fault == "blackhole")
                #expect(restored.started == ["rs"])
                #expect(try lab.json(StatusOutput.self, "status").sessions_established == 4)
            }
        }

        @Test(.requires(program: "/usr/lib/frr/bgpd", from: "frr"))
        func `one of a speaker's daemons that died is started again with the others`() throws {
            try TestLab.with("interop-death-frr", up: "--speaker", "frr", "--bfd", "300x3") { lab in
                let programs = try InitClient(
                    connectingTo: RunDirectory(labName: lab.name).instanceInitSocket("instance-rs-az2")
                ).running()
                let bgpd = try #require(programs.first { $0.name == "bgpd" })
                try bgpd.handle.send(signal: SIGKILL)
                try eventually("the death") { try lab.json(StatusOutput.self, "status").dead != nil }
                let restored = try lab.json(RestoreOutput.self, "restore")
                #expect(restored.started == ["bgpd on instance-rs-az2"])
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.dead == nil)
                #expect(status.sessions_established == 4)
            }
        }

        @Test func `what dies beside a fault that stops nothing is seen`() throws {
            try TestLab.with("interop-death-beside") { lab in
                #expect(try lab.run("failover", "--fault", "loss", "--target", "instance-rs-az2").status == 0)
                #expect(kill(try Service.speaker.processID(in: lab), SIGKILL) == 0)
                try eventually("the death") {
                    try lab.json(StatusOutput.self, "status").dead?.first?.hasPrefix(Service.speaker.rawValue) == true
                }
                #expect(try lab.json(RestoreOutput.self, "restore").started == ["speaker on instance-rs-az2"])
            }
        }

        private struct RestoreOutput: Decodable {
            var fault: String?
            var started: [String]?
        }

        @Test func `an application whose port is taken is an error that says so`() throws {
            try TestLab.with("interop-port-taken") { lab in
                let namespace = try Lab(opening: RunDirectory(labName: lab.name)).namespace("instance-rs-az2")
                let taker = try namespace.namespace.perform { () throws(SystemError) in
                    let taker = try systemCall("open", "socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
                    try checked("bind", "port 7", rslab_bind_inet(taker, [0, 0, 0, 0], 4, 7))
                    _ = try systemCall("listen at", "port 7") { listen(taker, 1) }
                    return taker
                }
                defer { close(taker) }
                let result = try lab.run("failover", "--measure", "--fault", "crash", "--tcp")
                #expect(result.status == 2)
                #expect(
                    result.standardError.contains("on instance-rs-az2, responder ended")
                        && result.standardError.lowercased().contains("address already in use"),
                    "\(result.standardError)")
            }
        }
    }
}
