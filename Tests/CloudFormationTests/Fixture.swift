// SPDX-License-Identifier: MIT-0
import Foundation

/// A file under `fixtures/` of the repository.
enum Fixture {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fixtures")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func names(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// The expectations beside a fixture; with RSLAB_RECORD set they are written first.
    static func expected(_ path: String, recording text: String) throws -> String {
        let file = root.appending(path: path).deletingPathExtension().appendingPathExtension("expected")
        if ProcessInfo.processInfo.environment["RSLAB_RECORD"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
