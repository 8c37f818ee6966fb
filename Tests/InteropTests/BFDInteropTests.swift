// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import Foundation
import LabHost
import LinuxSystem
import Measurement
import TestSupport
import Testing
import WireFormat

/// The BFD part of `neighbors --json`.
private struct BFDNeighbors: Decodable {
    struct Neighbor: Decodable {
        struct Session: Decodable {
            var state: String
            var remote_state: String
            var local_discriminator: UInt32
            var remote_discriminator: UInt32
            var transmit_interval_ms: Double
            var receive_interval_ms: Double
            var detection_time_ms: Double
            var remote_detect_mult: Int
            var discarded: Int
            var downs: Int
        }
        var endpoint: String?
        var address: IPAddress
        var state: String
        var last_end: SessionEnd?
        var bfd: Session?
    }
    var neighbors: [Neighbor]
}

extension InteropTests {
    /// BFD between the route server and rslab's own speaker, bird and frr's bfdd.
    @Suite(.timeLimit(.minutes(3)))
    struct BFDInteropTests {
        private static let interval = 50.0
        private static let active = "instance-rs-az1"
        /// Disturbances of a measurement by other work on this machine, which are not the lab's fault.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]
        /// How much a busy machine may add to what a timer allows, in milliseconds.
        private static let scheduling = 150.0

        private func sessions(of lab: TestLab) throws -> [BFDNeighbors.Neighbor] {
            let sessions = try lab.json(BFDNeighbors.self, "neighbors").neighbors
            // What is said of all of them would be true of none.
            try #require(!sessions.isEmpty)
            return sessions
        }

        /// Whether the sessions with the active instance have agreed on an interval in both directions.
        private func hasAgreed(on milliseconds: Double, _ lab: TestLab) throws -> Bool {
            let sessions = try sessions(of: lab).filter { $0.address.description == "10.0.1.203" }
            return sessions.count == 2
                && sessions.allSatisfy {
                    $0.bfd?.receive_interval_ms == milliseconds && $0.bfd?.transmit_interval_ms == milliseconds
                }
        }

        private func expectAllUp(_ lab: TestLab, sourceLocation: SourceLocation = #_sourceLocation) throws {
            try eventually("BFD Up on all sessions", sourceLocation: sourceLocation) {
                let sessions = try sessions(of: lab)
                return sessions.count == 4
                    && sessions.allSatisfy {
                        $0.state == "Established" && $0.bfd?.state == "Up" && $0.bfd?.remote_state == "Up"
                    }
            }
        }

        /// Measures a silent fault: BFD detects it within the window of its negotiated timers.
        private func expectDetection(of fault: String, on lab: TestLab) throws {
            let result = try lab.run(
                "failover", "--measure", "--fault", fault, "--validation", "300ms", "--json")
            try #require([0, 3].contains(result.status), "\(fault): \(result.standardError)")
            let trial = try #require(try result.decode(Run.self).trials.first)
            let doubts = Set(trial.validity.reasons.map(\.doubt))
            #expect(doubts.isSubset(of: Self.contention), "\(fault): \(trial.validity.reasons)")
            #expect(trial.settings.timers.bfdInterval?.value == Self.interval)
            #expect(trial.settings.timers.bfdMultiplier == 3)
            #expect(trial.convergence?.instance == "instance-rs-az2", "\(fault)")
            #expect(trial.failBack?.convergence?.instance == Self.active, "\(fault)")
            let detected = try #require(trial.timeline.steps.first { $0.name == .detected })
            #expect(detected.cause == .event(.session(.bfdDown(.controlDetectionTimeExpired))), "\(fault)")
            let detection = try #require(trial.timeline.detection?.value)
            #expect(detection > 2 * Self.interval - 1 && detection < 3 * Self.interval + Self.scheduling, "\(fault)")
        }

        @Test(
            .measures,
            .requires(daemon: .bird), .requires(program: "/usr/lib/frr/bfdd", from: "frr"),
            arguments: ["builtin", "bird", "frr"])
        func `a silent fault is detected in the time that BFD allows, and everything recovers`(speaker: String) throws {
            try TestLab.with("interop-bfd-\(speaker)", up: "--bfd", "50x3", "--speaker", speaker) { lab in
                try expectAllUp(lab)
                for session in try sessions(of: lab) {
                    let bfd = try #require(session.bfd)
                    #expect(bfd.transmit_interval_ms == Self.interval)
                    #expect(bfd.receive_interval_ms == Self.interval)
                    #expect(bfd.detection_time_ms == 3 * Self.interval)
                    // bgpd tells bfdd about a peer twice while it starts, and bfdd starts over the second time.
                    #expect(speaker == "frr" || bfd.downs == 0)
                }
                for fault in ["blackhole", "power-off", "freeze"] { try expectDetection(of: fault, on: lab) }
                // After a restart, each side knows the other by a new discriminator.
                try expectAllUp(lab)
            }
        }

        @Test(.measures, .requires(daemon: .bird))
        func `bird changes its intervals while the session is Up`() throws {
            try TestLab.with("interop-bfd-bird-poll", up: "--bfd", "50x3", "--speaker", "bird") { lab in
                let folder = "/run/rslab/\(lab.name)/\(Self.active).daemon"
                let file = "\(folder)/bird.conf"
                func configure(_ text: String) throws {
                    try replaceFile(file, with: Array(text.utf8))
                    let answer = try lab.output(of: "birdc", "configure", on: Self.active)
                    #expect(answer.contains("Reconfigured") || answer.contains("Reconfiguration in progress"))
                }
                let text = try readTextFile(file)

                // A Poll Sequence while Up: the slower side's interval counts, and no session goes down.
                try configure(text.replacingOccurrences(of: "50000 us", with: "200000 us"))
                try eventually("the longer interval") { try hasAgreed(on: 200, lab) }
                try configure(text)
                try eventually("the shorter interval again") {
                    try sessions(of: lab).allSatisfy { $0.bfd?.receive_interval_ms == Self.interval }
                }
                #expect(try sessions(of: lab).allSatisfy { $0.bfd?.downs == 0 })
            }
        }

        @Test(.measures, .requires(program: "/usr/lib/frr/bfdd", from: "frr"))
        func `bfdd changes its intervals and holds its sessions down on purpose, and BGP stays`() throws {
            try TestLab.with("interop-bfd-frr-admin", up: "--bfd", "50x3", "--speaker", "frr") { lab in
                func configure(_ lines: String...) throws {
                    let words = ["configure terminal", "bfd", "profile rslab"] + lines
                    let result = try lab.run(
                        "exec",
                        [Self.active, "--", "vtysh", "-d", "bfdd"]
                            + words.flatMap { ["-c", $0] })
                    #expect(result.status == 0, "\(result.standardOutput)")
                }
                let downsBefore = try sessions(of: lab).map { $0.bfd?.downs }
                try configure("receive-interval 200", "transmit-interval 200")
                try eventually("the longer interval") { try hasAgreed(on: 200, lab) }
                try configure("receive-interval 50", "transmit-interval 50")
                try eventually("the shorter interval again") {
                    try sessions(of: lab).allSatisfy { $0.bfd?.receive_interval_ms == Self.interval }
                }
                #expect(try sessions(of: lab).map { $0.bfd?.downs } == downsBefore)

                // AdminDown says nothing about the path, and BGP has its own hold timer (RFC 5882 section 3.2).
                try configure("shutdown")
                try eventually("bfdd's AdminDown") {
                    let ends = try lab.events().filter { $0.cause == .bfd(.neighborAdminDown) }
                    return ends.count == 2 && ends.allSatisfy { $0.kind == .bfdDown }
                }
                Thread.sleep(forTimeInterval: 0.5)
                #expect(try sessions(of: lab).allSatisfy { $0.state == "Established" })
                #expect(try lab.json(StatusOutput.self, "status").active == Self.active)
                try configure("no shutdown")
                try expectAllUp(lab)
            }
        }

        @Test(.measures, .requires(program: "/usr/lib/frr/bfdd", from: "frr"), arguments: ["speakers", "route-server"])
        func `with either end passive bfdd comes up, takes other intervals and knows a route server started anew`(
            passive: String
        ) throws {
            try TestLab.with(
                "frr-\(passive)", up: "--bfd", "50x3", "--bfd-passive", passive, "--speaker", "frr"
            ) { lab in
                try expectAllUp(lab)
                let downsBefore = try sessions(of: lab).map { $0.bfd?.downs }
                let told = try RSLabCommand.run(["bfd", "set", "--name", lab.name, "200x3"])
                #expect(told.status == 0, "\(told.standardError)")
                try eventually("the longer interval") {
                    try sessions(of: lab).allSatisfy {
                        $0.bfd?.receive_interval_ms == 200 && $0.bfd?.transmit_interval_ms == 200
                    }
                }
                #expect(try sessions(of: lab).map { $0.bfd?.downs } == downsBefore)

                // Its sessions then have other discriminators, and the intervals of its configuration.
                let restart = try lab.run("failover", "--fault", "route-server-restart")
                #expect(restart.status == 0, "\(restart.standardError)")
                #expect(try lab.run("restore").status == 0)
                try expectAllUp(lab)
                #expect(try sessions(of: lab).allSatisfy { $0.bfd?.receive_interval_ms == Self.interval })
            }
        }

        @Test func `a packet that came through a router is discarded, and one that did not is believed`() throws {
            try TestLab.with("interop-bfd-ttl", up: "--bfd", "100x3") { lab in
                let opened = try Lab(opening: RunDirectory(labName: lab.name))
                let namespace = try opened.namespace(Self.active)
                func forge(hopLimit: UInt8) throws {
                    let target = try #require(try sessions(of: lab).first { $0.endpoint == "rs1-az1-rse1" }?.bfd)
                    let discriminators = [target.remote_discriminator, target.local_discriminator]
                        .compactMap { Discriminator($0) }
                    try #require(discriminators.count == 2)
                    let packet = ControlPacket(
                        diagnostic: .controlDetectionTimeExpired, state: .down, isControlPlaneIndependent: false,
                        detectMult: 3, myDiscriminator: discriminators[0],
                        yourDiscriminator: discriminators[1],
                        desiredMinTxInterval: .oneSecond, requiredMinRxInterval: .oneSecond)
                    var writer = ByteWriter()
                    packet.encode(into: &writer)
                    let octets = writer.bytes
                    let endpoint = try #require(IPAddress("10.0.1.4")).octets
                    try namespace.namespace.perform { () throws(SystemError) in
                        let socket = try DatagramSocket(
                            address: .v4(.any), port: 50_000, link: nil, hopLimit: hopLimit)
                        _ = socket.send(octets, to: endpoint, port: 3784)
                    }
                }
                try forge(hopLimit: 254)
                Thread.sleep(forTimeInterval: 0.3)
                #expect(try sessions(of: lab).allSatisfy { $0.bfd?.downs == 0 && $0.state == "Established" })
                try forge(hopLimit: 255)
                try eventually("the session to go down") {
                    try sessions(of: lab).first { $0.endpoint == "rs1-az1-rse1" }?.bfd?.downs == 1
                }
                let ended = try #require(try sessions(of: lab).first { $0.endpoint == "rs1-az1-rse1" })
                let isByPeer =
                    if case .bfdDown(.neighborSignaledSessionDown) = ended.last_end { true } else { false }
                #expect(isByPeer, "\(ended)")
                try expectAllUp(lab)
            }
        }

        @Test(.requires(daemon: .gobgpd))
        func `a peer that never speaks BFD keeps its BGP session`() throws {
            try TestLab.with(
                "interop-bfd-never", up: "--speaker", "gobgpd", "--parameter", "LivenessDetection=bfd"
            ) { lab in
                let sessions = try sessions(of: lab)
                #expect(sessions.allSatisfy { $0.state == "Established" && $0.bfd?.state == "Down" })
            }
            let refused = try RSLabCommand.run(["up", "--speaker", "gobgpd", "--bfd", "50x3"])
            #expect(refused.status == 64)
            #expect(refused.standardError.contains("no BFD"))
        }
    }
}
