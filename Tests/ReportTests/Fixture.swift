// SPDX-License-Identifier: MIT-0
import Foundation
import Testing

/// Expected outputs under fixtures/reports.
enum Fixture {
    /// The contents of `name`.txt, rewritten first if requested.
    static func expected(_ name: String, actual: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("fixtures/reports/\(name).txt")
        if ProcessInfo.processInfo.environment["RSLAB_UPDATE_FIXTURES"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try actual.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
