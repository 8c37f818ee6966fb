// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// Several things probed at once, in labs that really fail over.
    @Suite(.timeLimit(.minutes(2)))
    struct FlowTests {
        /// Disturbances of a measurement by other work on this machine, which are not the lab's fault.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]
        private static let template = TestLab.fixture("templates/three-floating-ips.yaml")

        /// Measures one failover; the trial must be valid, except for disturbances by other work on the machine.
        private func trial(on lab: TestLab, _ arguments: String...) throws -> Trial {
            let result = try lab.run(
                "failover", ["--measure", "--validation", "500ms", "--json"] + arguments)
            try #require([0, 3].contains(result.status), "\(arguments): \(result.standardError)")
            let trial = try #require(try result.decode(Run.self).trials.first)
            let doubts = Set(trial.validity.reasons.map(\.doubt))
            #expect(doubts.isSubset(of: Self.contention), "\(arguments): \(trial.validity.reasons)")
            return trial
        }

        @Test(.measures)
        func `each floating IP is followed from each host, and those of another instance stay where they are`()
            throws
        {
            try TestLab.with("interop-flows", up: Self.template) { lab in
                let trial = try trial(
                    on: lab, "--from", "access-az1", "--from", "access-instance", "--fault", "crash", "--outward")
                let inward = trial.flows.filter { $0.flow.direction == .inward }
                #expect(inward.map(\.flow.node) == ["access-az1", "access-instance"].flatMap { [$0, $0, $0] })
                #expect(trial.subject.proberNode == "access-az1")
                for measured in inward {
                    let isOther = measured.flow.destination.description == "172.16.1.3"
                    #expect(measured.flow.active == (isOther ? "instance-rs-az2" : "instance-rs-az1"))
                    #expect(measured.isAffected == !isOther)
                    #expect(measured.convergence?.instance == (isOther ? nil : "instance-rs-az2"), "\(measured.flow)")
                    // A crashed speaker's kernel answers until the route has moved.
                    #expect(measured.outage.lostCount == 0, "\(measured.flow.name): \(measured.outage)")
                    #expect(measured.counts.sent > 500)
                }
                #expect(trial.flows[0].outage == trial.outage)
                let routes = try #require(trial.routes)
                #expect(routes.routes.map(\.prefix.description) == ["172.16.1.1/32", "172.16.1.2/32"])
                let (first, full) = (try #require(routes.firstRoute), try #require(routes.full))
                #expect(.zero < first && first <= full)
                try expectOutward(trial)
            }
        }

        private func expectOutward(_ trial: Trial) throws {
            let outward = trial.flows.filter { $0.flow.direction == .outward }
            #expect(outward.map(\.flow.prefix.address.description) == ["172.16.1.1", "172.16.1.2", "172.16.1.3"])
            for measured in outward where measured.isAffected {
                let senders = try #require(measured.outward)
                let standby = try #require(senders.standby)
                // The standby always sends; before the fault the active instance receives the replies.
                #expect(standby.heardByOtherCount > 100, "\(senders)")
                #expect(senders.active.heardByOtherCount > 100, "\(senders)")
                let first = try #require(senders.standbyFirstReply)
                #expect(first >= trial.fault.before)
                #expect(measured.convergence?.repliedAt ?? .zero >= first)
                #expect(measured.outage.upper != nil)
            }
        }

        @Test(.measures) func `an instance that is killed takes its outward prober along, and that is no doubt`() throws
        {
            try TestLab.with("interop-outward") { lab in
                let trial = try trial(on: lab, "--outward")
                let measured = try #require(trial.flows.last)
                #expect(measured.flow.direction == .outward)
                #expect(!measured.isCutShort)
                #expect(measured.convergence?.instance == "instance-rs-az2")
                #expect(measured.outage.upper != nil)
            }
        }

        private static let prefixCount = 2_000

        @Test(.measures) func `thousands of prefixes follow, each with its stamp, and nothing is left of them`() throws
        {
            try TestLab.with("interop-prefixes") { lab in
                let trial = try trial(
                    on: lab, "--prefixes", "\(Self.prefixCount)", "--samples", "8", "--every-prefix", "--fault",
                    "crash")
                let prefixes = try #require(trial.prefixes)
                let plane = prefixes.controlPlane
                #expect(plane.convergedCount == Self.prefixCount)
                #expect(plane.overrunCount == 0)
                let times = try #require(plane.everyPrefix).compactMap(\.self)
                #expect(times.count == Self.prefixCount)
                #expect(times.min() == plane.first && times.max() == plane.last)
                // The floating IP has its own timeline, whatever else is announced.
                #expect(trial.timeline.steps.allSatisfy { !$0.isMissing }, "\(trial.timeline.steps)")
                let samples = try #require(prefixes.samples)
                #expect(samples.routes.count == 8)
                #expect(samples.routes.allSatisfy { $0.convergence != nil })
                let replacement = try #require(prefixes.replacement)
                #expect(replacement.routeCount >= Self.prefixCount)
                #expect(replacement.routesPerSecond > 1_000)
                try expectNothingLeft(in: lab)
            }
        }

        private func expectNothingLeft(in lab: TestLab) throws {
            let routes = try lab.json(TablesOutput.self, "tables").propagated
            #expect(routes.map(\.destination.description) == ["172.16.1.1/32"])
            #expect(routes.map(\.instance) == ["instance-rs-az1"])
            for instance in ["instance-rs-az1", "instance-rs-az2"] {
                let local = try lab.output(of: "cat", "/proc/net/fib_trie", on: instance)
                #expect(!local.contains("198.18.0.0"), "\(instance)")
            }
        }

        @Test func `prefixes that a killed run has left are taken back by restore, and an interrupted one leaves none`()
            throws
        {
            try TestLab.with("interop-remains") { lab in
                for signal in [SIGKILL, SIGINT] {
                    let run = try lab.start(
                        "failover", "--measure", "--prefixes", "200", "--fault", "soak", "--for", "60s")
                    try eventually("the prefixes in the route table") {
                        try lab.json(TablesOutput.self, "tables").propagated.count == 201
                    }
                    kill(run.processIdentifier, signal)
                    run.waitUntilExit()
                    if signal == SIGKILL { #expect(try lab.json(ChangeOutput.self, "restore").changed) }
                    try expectNothingLeft(in: lab)
                }
            }
        }

        @Test func `what cannot be probed is said before anything is done`() throws {
            try TestLab.with("interop-flow-errors") { lab in
                for (arguments, text) in [
                    (["--from", "instance-rs-az1"], "it has a floating IP or announces it, and would answer itself"),
                    (["--from", "vpc"], "it is not an instance of the lab"),
                    (["--floating-ip", "172.16.9.9"], "its floating IPs are 172.16.1.1"),
                ] {
                    let result = try lab.run("failover", ["--measure"] + arguments)
                    #expect(result.status == 2)
                    #expect(result.standardError.contains(text), "\(result.standardError)")
                }
                for arguments in [
                    ["--prefixes", "0"], ["--prefixes", "100001"], ["--samples", "3"],
                    ["--prefixes", "2", "--samples", "3"], ["--from", "a", "--from", "a"],
                ] {
                    #expect(try lab.run("failover", ["--measure"] + arguments).status == 64, "\(arguments)")
                }
            }
        }
    }
}
