// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

extension InteropTests {
    /// Every kind of failure reported in AWS's documents and by users who measured on AWS, one fixture each.
    @Suite(.timeLimit(.minutes(4)))
    struct ScenarioTests {
        @Test(.measures, .serialized, arguments: ScenarioFixture.timed)
        func `a scenario comes out as, and in the time that, its fixture says`(name: String) throws {
            try play(name)
        }

        @Test(.serialized, arguments: ScenarioFixture.untimed)
        func `a scenario comes out as its fixture says`(name: String) throws {
            try play(name)
        }

        private func play(_ name: String) throws {
            let scenario = try ScenarioFixture(named: name)
            // "07-hard-death.yaml" has number 7.
            try TestLab.named("interop-scenario-\(name.prefix { $0.isNumber })") { lab in
                let up = try lab.run("up", scenario.upArguments)
                try #require(up.status == scenario.ready ?? 0, "up: \(up.standardError)")
                for text in scenario.says ?? [] {
                    #expect(up.standardError.contains(text), "up says: \(up.standardError)")
                }
                for step in scenario.steps { try carryOut(step, on: lab) }
            }
        }

        private func carryOut(_ step: ScenarioFixture.Step, on lab: TestLab) throws {
            guard step.eventually == true else {
                let differences = try differences(of: step, on: lab)
                #expect(differences.isEmpty, "\(step.rslab): \(differences.joined(separator: "; "))")
                return
            }
            var last: [String] = []
            try eventually("'\(step.rslab)' to print \(step.expect ?? [:])") {
                last = try differences(of: step, on: lab)
                return last.isEmpty
            }
        }

        /// Runs a step, and compares its output.
        private func differences(of step: ScenarioFixture.Step, on lab: TestLab) throws -> [String] {
            let words = step.arguments.map { $0.hasPrefix("fixtures/") ? TestLab.fixture(String($0.dropFirst(9))) : $0 }
            let takesJSON = words[0] != "exec"
            let result = try lab.run(words[0], Array(words.dropFirst()) + (takesJSON ? ["--json"] : []))
            try #require(
                step.allowedStatus.contains(result.status), "\(step.rslab): \(result.status), \(result.standardError)")
            guard let expected = step.expect else { return [] }
            let output = try result.decode(JSONValue.self)
            return expected.sorted { $0.key < $1.key }.compactMap { place, expected in
                let value = output.value(at: place)
                return JSONValue.meets(value, expected)
                    ? nil : "\(place) is \(value?.text ?? "absent"), not \(expected)"
            }
        }
    }
}
