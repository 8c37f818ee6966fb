// SPDX-License-Identifier: MIT-0
package import Foundation
internal import LinuxSystem

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
        let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var child = ChildProcess(
            executable: executable.path, arguments: arguments, environment: all.map { "\($0.key)=\($0.value)" })
        // Files, not pipes: nothing must be read while it runs.
        let output = try unnamedFile()
        let error = try unnamedFile()
        child.standardDescriptors = [nil, output.rawValue, error.rawValue]
        return Result(
            status: try waitForChild(child.start().processID), standardOutput: try text(of: output),
            standardError: try text(of: error))
    }

    /// A new file that is gone when its descriptor is closed.
    private static func unnamedFile() throws -> OwnedDescriptor {
        let path = FileManager.default.temporaryDirectory.appending(path: "rslab-test-\(UUID().uuidString)").path()
        let file = try OwnedDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        unlink(path)
        return file
    }

    private static func text(of file: borrowing OwnedDescriptor) throws -> String {
        let handle = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: false)
        try handle.seek(toOffset: 0)
        return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// Runs a command with a redirection that the shell makes, such as `>/dev/full`.
    package static func run(_ arguments: [String], redirection: String) throws -> Result {
        try run(
            ["-c", "exec \"$0\" \"$@\" \(redirection)", executable.path] + arguments,
            executable: URL(fileURLWithPath: "/bin/sh"))
    }
}
