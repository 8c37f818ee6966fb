// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

/// What is printed is written, or the exit status says that it is not.
@Suite(.timeLimit(.minutes(3)), .waits)
struct OutputFailureTests {
    /// Commands that need no lab and no privileges, and end with status 0.
    private static let commands =
        [
            ["--help"], ["--version"], ["schema"], ["schema", "--json"], ["validate"],
        ] + (TestLength.isLong ? slowCommands + [[], ["help", "aws"], ["validate", "--json"]] : [])

    /// The same of verbs with so many options that the parser's checks of them, in a debug build, take most of the time.
    private static let slowCommands =
        [["schema", "run"], ["failover", "--list-faults"], ["up", "--dry-run", "--json"]]
        + (TestLength.isLong ? otherSlowCommands : [])

    private static let otherSlowCommands = [
        ["completion", "bash"],
        ["help", "failover"], ["failover", "--help"], ["--experimental-dump-help"], ["up", "--dry-run"],
        ["failover", "--list-faults", "--json"],
    ]

    private static let lost = [(">/dev/full", "No space left on device"), (">&-", "it is closed")]

    @Test(arguments: commands)
    func `a full disk and a closed descriptor are said, and are a failure`(words: [String]) throws {
        #expect(try RSLabCommand.run(words).status == 0)
        for (redirection, reason) in Self.lost { try expectLoss(of: words, redirection, reason) }
    }

    @Test(arguments: slowCommands.indices)
    func `so it is, one of both for each, where there are many options`(index: Int) throws {
        let (redirection, reason) = Self.lost[index % Self.lost.count]
        try expectLoss(of: Self.slowCommands[index], redirection, reason)
    }

    private func expectLoss(of words: [String], _ redirection: String, _ reason: String) throws {
        let result = try RSLabCommand.run(words, redirection: redirection)
        #expect(result.status == 2, "\(redirection)")
        #expect(result.standardOutput.isEmpty)
        #expect(
            result.standardError.hasSuffix(
                "rslab: cannot write to standard output: \(reason); what the command did is done, but what it"
                    + " printed is incomplete\n"), "\(result.standardError)")
    }

    @Test(arguments: [["status", "--name", "interop-none", "--json"], ["up", "/no/such/template", "--json"]])
    func `a failure whose JSON cannot be written says both`(words: [String]) throws {
        let result = try RSLabCommand.run(words, redirection: ">/dev/full")
        #expect(result.status == 2)
        let lines = result.standardError.split(separator: "\n")
        try #require(lines.count == 2, "\(result.standardError)")
        #expect(lines[1].hasPrefix("rslab: cannot write to standard output: "))
    }

    @Test(arguments: ["/dev/full", "/no/such/directory/samples.csv"])
    func `a file of samples that cannot be written is an error before anything is measured`(path: String) throws {
        let result = try RSLabCommand.run(["failover", "--measure", "--samples-out", path])
        #expect(result.status == 2)
        #expect(result.standardError.contains(path), "\(result.standardError)")
        #expect(result.standardError.contains("No space left") || result.standardError.contains("No such file"))
    }

    @Test(arguments: ["2>/dev/full", "2>&-"])
    func `a warning that nobody can read is a failure`(redirection: String) throws {
        let words = ["validate", Self.templateWithWarnings]
        let shown = try RSLabCommand.run(words)
        try #require(shown.status == 0 && shown.standardError.contains("warning"), "\(shown)")
        let result = try RSLabCommand.run(words, redirection: redirection)
        #expect(result.status == 2)
        #expect(result.standardOutput == shown.standardOutput)
    }

    private static let templateWithWarnings =
        RSLabCommand.repository.appendingPathComponent("fixtures/templates/peers-elsewhere.yaml").path

    @Test(arguments: commands + (TestLength.isLong ? [] : [["schema", "run"]]))
    func `a reader that stopped ends the command quietly, by SIGPIPE`(words: [String]) throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let error = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-pipe-\(UUID().uuidString)")
        try Data().write(to: error)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: error) } }
        let process = Process()
        process.executableURL = RSLabCommand.executable
        process.arguments = words
        process.standardOutput = pipe.fileHandleForWriting
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGPIPE)
        #expect(try Data(contentsOf: error).isEmpty)
    }
}
