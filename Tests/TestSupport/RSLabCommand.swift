// SPDX-License-Identifier: MIT-0
package import Foundation

/// The built `rslab`, run as a user would run it.
package struct RSLabCommand: Sendable {
    /// How a command ended, and what it printed.
    package struct Result: Sendable {
        package var status: Int32
        package var standardOutput: String
        package var standardError: String

        package init(status: Int32, standardOutput: String, standardError: String) {
            self.status = status
            self.standardOutput = standardOutput
            self.standardError = standardError
        }

        /// The JSON object on standard output; empty if there is none.
        package var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(standardOutput.utf8))) as? [String: Any] ?? [:]
        }
    }

    /// The executable under test: `RSLAB_EXECUTABLE`, or the one built next to the tests.
    package static let executable: URL = {
        if let path = ProcessInfo.processInfo.environment["RSLAB_EXECUTABLE"] {
            return URL(fileURLWithPath: path)
        }
        // …/.build/debug/rslabPackageTests.xctest is next to rslab.
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appendingPathComponent("rslab")
    }()

    /// The repository's root, for fixtures.
    package static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Starts a command; its output is discarded unless the caller redirects it.
    package static func start(
        _ arguments: [String], environment: [String: String] = [:], output: FileHandle = .nullDevice
    ) throws -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs a command to its end.
    package static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
        try run(arguments, environment: environment)
    }

    /// Runs a command to its end.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], executable: URL = executable
    ) throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: nothing must be read while it runs.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) throws -> FileHandle {
            let url = folder.appendingPathComponent(name)
            try Data().write(to: url)
            return try FileHandle(forWritingTo: url)
        }
        process.standardOutput = try file("out")
        process.standardError = try file("err")
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
        }
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            standardOutput: try text("out"), standardError: try text("err"))
    }

    /// Runs a command with a redirection that the shell makes, such as `>/dev/full`.
    package static func run(_ arguments: [String], redirection: String) throws -> Result {
        try run(
            ["-c", "exec \"$0\" \"$@\" \(redirection)", executable.path] + arguments,
            executable: URL(fileURLWithPath: "/bin/sh"))
    }
}
