// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// Quotas, delays and the peer log, on real sessions.
    @Suite(.timeLimit(.minutes(2)))
    struct RouteServerSettingTests {
        /// A line of AWS's peer log.
        private struct LogLine: Decodable {
            struct Message: Decodable {
                var prefix: String
                var asPath: String
                var med: Int
                var nextHopIp: String
            }
            var resource_arn: String
            var event_timestamp: Int64
            var type: String
            var status: String
            var message: Message?
        }

        private static let active = "instance-rs-az1"
        /// Disturbances of a measurement by other work on this machine, which are not the lab's fault.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]

        private func peerLog(of lab: TestLab) throws -> [LogLine] {
            let log = try lab.run("logs", "rs", "--peers")
            #expect(log.status == 0, "\(log.standardError)")
            return try log.standardOutput.split(separator: "\n").map {
                try JSONDecoder().decode(LogLine.self, from: Data($0.utf8))
            }
        }

        private func announce(_ prefix: String, on lab: TestLab) throws {
            _ = try lab.output(of: "gobgp", "global", "rib", "add", prefix, on: Self.active)
        }

        private func prefixesOfActive(in lab: TestLab) throws -> Set<String> {
            Set(
                try lab.json(RIBOutput.self, "rib").routes.filter { $0.next_hop.description == "10.0.1.203" }
                    .map { "\($0.prefix)" })
        }

        @Test func `above a peer's quota the first routes stay, and a freed place is taken`() throws {
            try TestLab.with("interop-quota-keep", up: "--quota", "routes-per-peer=2") { lab in
                for prefix in ["10.9.1.0/24", "10.9.2.0/24"] { try announce(prefix, on: lab) }
                try eventually("the routes to arrive") { try prefixesOfActive(in: lab).count == 3 }
                func inTables() throws -> Set<String> {
                    Set(try lab.json(TablesOutput.self, "tables").propagated.map { "\($0.destination)" })
                }
                try eventually("the two that count") { try inTables() == ["172.16.1.1/32", "10.9.1.0/24"] }
                _ = try lab.output(of: "gobgp", "global", "rib", "del", "10.9.1.0/24", on: Self.active)
                try eventually("the third in its place") { try inTables() == ["172.16.1.1/32", "10.9.2.0/24"] }
                let lines = try peerLog(of: lab).filter {
                    $0.type == "RouteStatus" && $0.message?.prefix == "10.9.1.0/24"
                }
                #expect(lines.map(\.status) == ["ADVERTISED", "ADVERTISED", "WITHDRAWN", "WITHDRAWN"])
            }
        }

        @Test func `above a peer's quota its sessions are reset if that was asked for, and its log says so`()
            throws
        {
            try TestLab.with("interop-quota-reset", up: "--quota", "routes-per-peer=1:reset-session") { lab in
                let before = try peerLog(of: lab)
                #expect(before.filter { $0.type == "BGPStatus" }.map(\.status) == ["UP", "UP", "UP", "UP"])
                let advertised = try #require(
                    before.first { $0.type == "RouteStatus" && $0.message?.asPath == "65001" })
                #expect(advertised.status == "ADVERTISED" && advertised.message?.prefix == "172.16.1.1/32")
                #expect(advertised.message?.nextHopIp == "10.0.1.203" && advertised.message?.med == 0)
                #expect(advertised.resource_arn.hasPrefix("arn:aws:ec2:us-east-1:123456789012:route-server-peer/rsp-"))
                let age = Date().timeIntervalSince1970 - Double(advertised.event_timestamp) / 1000
                #expect(age > -1 && age < 60)

                try announce("10.9.1.0/24", on: lab)
                // The device dials again, and is refused again.
                try eventually("the sessions to be reset") {
                    try peerLog(of: lab).filter { $0.type == "BGPStatus" && $0.status == "DOWN" }.count >= 2
                }
                try eventually("the other instance to take over") {
                    try lab.json(TablesOutput.self, "tables").propagated.first?.instance == "instance-rs-az2"
                }
                let isQuotaTold = try lab.events().contains { event in
                    guard case .route(.routeQuotaExceeded(_, let limit)) = event.cause else { return false }
                    return limit == 1
                }
                #expect(isQuotaTold)
            }
        }

        @Test func `a programming delay is in the measured timeline and in the expected window`() throws {
            let delay = 200.0
            let result = try RSLabCommand.run([
                "failover", "--measure", "--name", "interop-delay-\(ProcessInfo.processInfo.processIdentifier)",
                "--programming-delay", "200ms", "--fault", "kill", "--validation", "300ms", "--json",
            ])
            try #require([0, 3].contains(result.status), "\(result.standardError)")
            let run = try result.decode(Run.self)
            let settings = try #require(run.environment.settings)
            #expect(settings.contains(StatedSetting("programming delay", "200 ms", .asked)))
            #expect(settings.contains(StatedSetting("fail-back delay", "none", .assumed)))
            let trial = try #require(run.trials.first)
            #expect(trial.settings.timers.programmingDelay?.value == delay)
            let doubts = Set(trial.validity.reasons.map(\.doubt))
            #expect(doubts.isSubset(of: Self.contention), "\(trial.validity.reasons)")
            let best = try #require(trial.timeline.steps.first { $0.name == .bestPath }?.sinceFault)
            let written = try #require(trial.timeline.steps.first { $0.name == .tableWritten }?.sinceFault)
            // The best path is stamped slightly after the instant from which the delay counts.
            #expect((written - best).value > delay - 20)
            #expect(trial.expectedOutage.window.upper?.value == delay)
            #expect(trial.expectedOutage.window.reason.programmingDelay == Milliseconds(200))
            #expect([.inside, .tooLong].contains(trial.expectedOutage.verdict), "\(trial.expectedOutage)")
            // A killed instance answers until its address is gone, which takes a busy machine a while.
            #expect(try #require(trial.outage.upper).value >= delay / 2)
        }
    }
}
