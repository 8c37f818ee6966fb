// SPDX-License-Identifier: MIT-0
internal import Foundation
package import Testing

/// AWS's service model of the EC2 API, as the botocore in `.build/botocore` ships it.
package enum ServiceModel {
    /// What `Tests/ServiceModel/check.py` compares.
    package enum Subject: String, Sendable {
        /// One JSON object per line: `{"operation": "DescribeRouteServers", "answer": …}`.
        case answers
        /// The output of `rslab --experimental-dump-help`.
        case commands
    }

    private static let python = RSLabCommand.repository.appending(path: ".build/botocore/bin/python3")

    fileprivate static var isThere: Bool { FileManager.default.isExecutableFile(atPath: python.path()) }

    /// Compares; returns whether nothing differs, and the script's output.
    package static func compare(_ subject: Subject, _ input: String) throws -> (agrees: Bool, report: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rslab-model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, printed) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: printed)
        let process = Process()
        process.executableURL = python
        process.arguments = [
            RSLabCommand.repository.appending(path: "Tests/ServiceModel/check.py").path(), subject.rawValue,
        ]
        process.standardInput = try FileHandle(forReadingFrom: given)
        let output = try FileHandle(forWritingTo: printed)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        let report = try String(contentsOf: printed, encoding: .utf8)
        return (process.terminationReason == .exit && process.terminationStatus == 0, report)
    }
}

extension Trait where Self == ConditionTrait {
    /// The test uses AWS's service model: skipped if botocore is missing, but failed if CI is set.
    package static var requiresServiceModel: Self {
        requires(
            ServiceModel.isThere,
            "needs botocore 1.44 or newer in .build/botocore, which scripts/test fetches where PyPI can be reached")
    }
}
