// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// TCP and UDP flows next to the probes.
    @Suite(.timeLimit(.minutes(2)))
    struct ApplicationTests {
        private static let active = "instance-rs-az1"
        private static let standby = "instance-rs-az2"

        /// Measures one failover with both applications; the machine may be too busy for the figures to count.
        private func trial(_ fault: String, on lab: TestLab, _ arguments: String...) throws -> Trial {
            let words = ["--measure", "--fault", fault, "--tcp", "--udp", "--validation", "200ms", "--json"]
            let result = try lab.run("failover", words + arguments)
            try #require([0, 1, 3].contains(result.status), "\(fault): \(result.standardError)")
            return try #require(try result.decode(Run.self).trials.first)
        }

        /// The programs on the instances and on the test host, except for the lab's own.
        private func foreignPrograms(on lab: TestLab, speaker: String = "speaker") throws -> [String] {
            try lab.json(StatusOutput.self, "status").nodes.filter { $0.role == "instance" }
                .flatMap { $0.programs.map(\.name) }.filter { $0 != speaker }
        }

        @Test(.measures)
        func `a silent fault stalls a connection until the standby resets it, and datagrams as long as probes`()
            throws
        {
            try TestLab.with("interop-apps", up: "--bfd", "50msx3") { lab in
                let trial = try trial("blackhole", on: lab)
                let flow = try #require(trial.application(.tcp))
                let connection = try #require(flow.connection)
                #expect(connection.ending == .reset)
                #expect(connection.endedBy == Self.standby)
                #expect(flow.reconnectCount >= 1)
                #expect((flow.servedBefore, flow.servedAfter) == (Self.active, Self.standby))
                let names = flow.timeline.map(\.name)
                #expect(names.first == .lastReply && names.last == .firstReply, "\(names)")
                let end = try #require(names.firstIndex(of: .connectionEnded))
                #expect(names[(end + 1)...].contains(.connected), "\(names)")
                #expect(flow.timeline.last?.instance == Self.standby)
                let datagrams = try #require(trial.application(.udp))
                #expect((datagrams.servedBefore, datagrams.servedAfter) == (Self.active, Self.standby))
                for stall in [flow.stall, datagrams.stall] {
                    #expect(stall.isSeen && stall.lostCount > 0)
                    // No application is served before the network works.
                    #expect(try #require(stall.upper) >= trial.outage.lower)
                    #expect(stall.lower <= (try #require(stall.upper)))
                }
                try eventually("nothing but the lab's own") { try foreignPrograms(on: lab).isEmpty }

                try expectNothingLostBeforeTheRouteMoves("drain", on: lab)
                try expectNothingLostBeforeTheRouteMoves("terminate", on: lab, "--budget", "tcp-stall=1us")
                try expectNothingLeft(by: SIGINT, on: lab)
                try expectNothingLeft(by: SIGKILL, on: lab)
            }
        }

        /// Make before break: the old instance answers until the route has moved, and the new one does not know the
        /// connection.
        private func expectNothingLostBeforeTheRouteMoves(
            _ fault: String, on lab: TestLab, _ arguments: String...
        ) throws {
            let words = ["--measure", "--fault", fault, "--tcp", "--udp", "--validation", "200ms", "--json"]
            let result = try lab.run("failover", words + arguments)
            // Any application that must reconnect misses a budget of a microsecond.
            try #require((arguments.isEmpty ? [0, 3] : [1, 3]).contains(result.status), "\(result.standardError)")
            let trial = try #require(try result.decode(Run.self).trials.first)
            #expect(trial.application(.udp)?.counts.lost == 0, "\(fault)")
            let flow = try #require(trial.application(.tcp))
            #expect(flow.connection?.ending == .reset && flow.connection?.endedBy == Self.standby, "\(fault)")
            #expect(flow.servedAfter == Self.standby, "\(fault)")
            let moved = try #require(trial.timeline.steps.first { $0.name == .bestPath }?.at)
            #expect(try #require(flow.stall.firstUnservedAt) >= moved, "\(fault)")
            #expect(trial.failBack?.convergence?.instance == Self.active, "\(fault)")
        }

        /// However the measurement ended, its client and its responders are gone.
        private func expectNothingLeft(by signal: Int32, on lab: TestLab) throws {
            let measuring = try lab.start(
                "failover", "--measure", "--fault", "blackhole", "--tcp", "--udp", "--validation", "60s")
            try eventually("the fault in place") { try lab.json(StatusOutput.self, "status").fault != nil }
            #expect(try Set(foreignPrograms(on: lab)).isSuperset(of: ["responder", "application"]))
            #expect(kill(measuring.processIdentifier, signal) == 0)
            measuring.waitUntilExit()
            try eventually("nothing but the lab's own") { try foreignPrograms(on: lab).isEmpty }
            if signal == SIGKILL { #expect(try lab.run("restore").status == 0) }
            #expect(try lab.json(StatusOutput.self, "status").fault == nil)
        }

        @Test(.requires(daemon: .bird))
        func `responders do not depend on the speaker, die with their instance and come back with it`() throws {
            // The template's security group opens only the echo port.
            try TestLab.with("interop-apps-bird", up: "--speaker", "bird", "--no-security-groups") { lab in
                let trial = try trial("kill", on: lab, "--application-port", "7007", "--application-interval", "5ms")
                #expect(trial.applications?.settings.port == 7007)
                for flow in try #require(trial.applications?.flows) {
                    #expect(
                        (flow.servedBefore, flow.servedAfter) == (Self.active, Self.standby), "\(flow.protocol)")
                    // The instance's own responder was started again when the instance had booted.
                    let failBack = try #require(flow.failBack)
                    #expect(failBack.firstReplyAfter != nil || !failBack.isSeen, "\(flow.protocol)")
                }
                #expect(trial.application(.tcp)?.reconnectCount ?? 0 >= 1)
                #expect(trial.failBack?.convergence?.instance == Self.active)
                try eventually("nothing but the lab's own") {
                    try foreignPrograms(on: lab, speaker: "bird").isEmpty
                }
            }
        }
    }
}
