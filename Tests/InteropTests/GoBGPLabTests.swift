// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// The same lab with Debian's gobgpd on the instances.
    @Suite(.requires(daemon: .gobgpd), .timeLimit(.minutes(2)))
    struct GoBGPLabTests {
        @Test func `the sample runs with the real gobgpd, fails over and comes back`() throws {
            try TestLab.with("interop-gobgpd", up: TestLab.sampleTemplate, "--speaker", "gobgpd") { lab in
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.speaker == "gobgpd")
                #expect(status.sessions_established == 4)
                let instances = status.nodes.filter { $0.name.hasPrefix("instance-rs-") }
                #expect(instances.map { $0.programs.map(\.name) } == [["gobgpd"], ["gobgpd"]])
                let paths = try lab.json(RIBOutput.self, "rib").routes
                #expect(paths.map(\.as_path_length) == [1, 1, 3, 3])

                let version = try lab.output(of: "gobgp", "--version", on: "instance-rs-az1")
                #expect(version.hasPrefix("gobgp version"))
                let neighbors = try lab.output(of: "gobgp", "neighbor", on: "instance-rs-az1")
                #expect(neighbors.split(separator: "\n").filter { $0.contains("Establ") }.count == 2)
                let rib = try lab.output(
                    of: "sh", "-c", "cd /home/ec2-user && ./gobgp global rib", on: "instance-rs-az2")
                #expect(rib.contains("172.16.1.1/32") && rib.contains("65001 65001"))

                let result = try lab.run("failover", "--measure", "--fault", "kill", "--validation", "500ms", "--json")
                try #require([0, 3].contains(result.status), "\(result.standardError)")
                let trial = try #require(try result.decode(Run.self).trials.first)
                let doubts = Set(trial.validity.reasons.map(\.doubt))
                #expect(
                    doubts.isSubset(of: [.foreignCPU, .proberLate, .steal, .timerLate]),
                    "\(trial.validity.reasons)")
                #expect(trial.convergence?.instance == "instance-rs-az2")
                #expect(trial.failBack?.convergence?.instance == "instance-rs-az1")
                let cause = trial.timeline.steps.first { $0.name == .detected }?.cause
                #expect(ExpectedCause.connectionClosed.matches(cause))

                #expect(try lab.json(ChangeOutput.self, "failover", "--fault", "terminate").changed)
                try eventually("the standby to take over") {
                    try lab.json(TablesOutput.self, "tables").propagated.map(\.instance) == ["instance-rs-az2"]
                }
                #expect(try lab.json(ChangeOutput.self, "restore").changed)
                let after = try lab.json(StatusOutput.self, "status")
                #expect(after.active == "instance-rs-az1")
                #expect(after.sessions_established == 4)
            }
        }
    }
}
