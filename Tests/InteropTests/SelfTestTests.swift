// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import Measurement
import TestSupport
import Testing
import Trials

extension InteropTests {
    /// The self-test is what users rely on, so it is run as they run it; each planted error is one of its lines.
    @Suite(.measures, .timeLimit(.minutes(5)))
    struct SelfTestTests {
        private struct Result: Decodable {
            var caught: Int
            var planted: Int
            var errors: [SelfTest.Outcome]
        }

        @Test(.requiresJSONSchema) func `every planted error is reported and recorded, and leaves nothing behind`()
            throws
        {
            let home = FileManager.default.temporaryDirectory.appendingPathComponent("self-test-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: home) }
            let environment = ["XDG_STATE_HOME": home.path]
            let ended = try RSLabCommand.run(["self-test", "--json"], environment: environment)
            let result = try JSONDecoder().decode(Result.self, from: Data(ended.standardOutput.utf8))
            let missed = result.errors.filter { !$0.isCaught }
            #expect(missed.isEmpty, "\(missed)")
            #expect(ended.status == 0)
            #expect(result.planted == PlantedError.all.count)
            let (conforms, report) = try JSONSchema.validate([
                .init("self-test", ended.standardOutput, conformsTo: "self-test")
            ])
            #expect(conforms, "\(report)")
            #expect(RunDirectory.all().allSatisfy { !$0.labName.hasPrefix("self-test-") })

            let doctor = try RSLabCommand.run(["doctor"], environment: environment)
            #expect(doctor.standardOutput.contains("caught \(result.caught) of \(result.planted)"))
        }
    }
}
