// SPDX-License-Identifier: MIT-0
import LinuxSystem
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// The sample's lab with another daemon on the instances.
    @Suite(.timeLimit(.minutes(2)))
    struct DaemonSpeakerTests {
        @Test(.requires(daemon: .bird))
        func `the sample runs with the real bird, fails over and comes back`() throws {
            try failOverAndBack(speaker: "bird", programs: ["bird"])
        }

        @Test(.requires(program: "/usr/lib/frr/bgpd", from: "frr"))
        func `the sample runs with the real frr, fails over and comes back`() throws {
            let before = Set(namesInDirectory("/var/tmp"))
            try failOverAndBack(speaker: "frr", programs: ["zebra", "bgpd"])
            #expect(Set(namesInDirectory("/var/tmp")) == before, "frr's own files are the lab's")
        }

        private func failOverAndBack(speaker: String, programs: [String]) throws {
            try TestLab.with("interop-\(speaker)", up: TestLab.sampleTemplate, "--speaker", speaker) { lab in
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.speaker == speaker)
                #expect(status.sessions_established == 4)
                let instances = status.nodes.filter { $0.name.hasPrefix("instance-rs-") }
                #expect(instances.map { $0.programs.map(\.name) } == [programs, programs])
                #expect(try lab.json(RIBOutput.self, "rib").routes.map(\.as_path_length) == [1, 1, 3, 3])

                for fault in ["kill", "terminate"] {
                    let result = try lab.run(
                        "failover", "--measure", "--fault", fault, "--validation", "300ms", "--json")
                    try #require([0, 3].contains(result.status), "\(result.standardError)")
                    let trial = try #require(try result.decode(Run.self).trials.first)
                    let doubts = Set(trial.validity.reasons.map(\.doubt))
                    #expect(
                        doubts.isSubset(of: [.foreignCPU, .proberLate, .steal, .timerLate]),
                        "\(trial.validity.reasons)")
                    #expect(trial.convergence?.instance == "instance-rs-az2")
                    #expect(trial.failBack?.convergence?.instance == "instance-rs-az1")
                }
            }
        }
    }
}
