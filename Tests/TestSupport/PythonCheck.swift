// SPDX-License-Identifier: MIT-0
internal import Foundation

/// A script below `Tests/` that checks its standard input with a package of PyPI.
struct PythonCheck {
    /// The environment below `.build`, made by scripts/test and named after its package.
    let package: String
    /// Below `Tests/`.
    let script: String

    private var python: URL { RSLabCommand.repository.appending(path: ".build/\(package)/bin/python3") }

    var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: python.path()) }

    /// Runs the script; it passes if it ends with status 0, and `report` is what it printed.
    func run(_ arguments: [String], input: String) throws -> (passes: Bool, report: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rslab-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, printed) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: printed)
        let process = Process()
        process.executableURL = python
        process.arguments = [RSLabCommand.repository.appending(path: "Tests/\(script)").path()] + arguments
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
