// SPDX-License-Identifier: MIT-0
internal import Foundation

/// A file under `fixtures/` of the repository.
package enum Fixture {
    private static let root = RSLabCommand.repository.appending(path: "fixtures")

    package static func path(_ path: String) -> String {
        root.appending(path: path).path()
    }

    package static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    package static func names(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// The expected output next to a fixture; if RSLAB_RECORD is set, it is written first.
    package static func expected(_ path: String, recording text: String) throws -> String {
        let file = root.appending(path: path).deletingPathExtension().appendingPathExtension("expected")
        if ProcessInfo.processInfo.environment["RSLAB_RECORD"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
