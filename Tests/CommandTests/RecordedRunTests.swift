// SPDX-License-Identifier: MIT-0
import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import rslab

/// Files that cannot be repeated, and what is said about them; no lab is needed for that.
@Suite(.timeLimit(.minutes(1)), .waits)
struct RecordedRunTests {
    private static let files: [(text: String, problem: String)] = [
        ("", "is no run of rslab"), ("{}", "is no run of rslab"), ("[1]", "is no run of rslab"),
        (#"{"schema": 1, "error": {"problem": "x"}}"#, "is no run of rslab"),
        (#"{"schema": 1, "trials": "many"}"#, "is no run of rslab"),
        (#"{"schema": 1, "trials": []}"#, "is no run of rslab"),
        (#"{"schema": 2, "trials": []}"#, "is of schema version 2, and this rslab reads version 1"),
        (run(provenance: nil), "did not record its command line and template"),
        (run(provenance: #"{"command": ["rslab"], "running_lab": false}"#), "has no trial"),
    ]

    private static func run(provenance: String?) -> String {
        let provenance = provenance.map { #", "provenance": \#($0)"# } ?? ""
        return #"""
            {"schema": 1, "lab": "x", "seed": "7", "trials": [], "environment": {"kernel": "6", "machine": "m", "cpus": 1,
            "versions": {}, "clocks": {"monotonic_ns": 1, "real_time_ns": 2}\#(provenance)}}
            """#
    }

    private static func template(command: [String]) -> String {
        let words = command.map { #""\#($0)""# }.joined(separator: ", ")
        return run(
            provenance: #"""
                {"command": [\#(words)], "running_lab": true,
                "template": {"source": "x", "sha256": "0", "text": "", "parameters": {}}}
                """#)
    }

    private func written(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "rslab-run-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        try body(file.path())
    }

    @Test(arguments: files.indices) func `a file that is no run, or says too little, is refused with the reason`(
        index: Int
    ) throws {
        let (text, problem) = Self.files[index]
        try written(text) { file in
            do throws {
                _ = try RecordedRun(file)
                Issue.record("it was accepted: \(text)")
            } catch {
                #expect("\(error)".contains(problem), "\(error)")
            }
        }
    }

    @Test func `a file that is not there, a command that is not understood and a lab that is gone are errors`() throws {
        #expect(throws: (any Error).self) { try RecordedRun("/no/such/run.json") }
        try written(Self.template(command: ["rslab", "failover", "--measure", "--frobnicate"])) { file in
            let recorded = try RecordedRun(file)
            #expect(throws: (any Error).self) { try recorded.command() }
        }
        try written(Self.template(command: ["rslab", "failover", "--measure", "--trials", "3"])) { file in
            let recorded = try RecordedRun(file)
            #expect(recorded.seed == 7)
            let command = try recorded.command()
            #expect(command.runOptions.seed == 7 && command.runOptions.trials == 3)
            #expect(throws: (any Error).self) { try recorded.requireSameLab(nil) }
            #expect(throws: (any Error).self) { try recorded.requireSameFaults([]) }
        }
    }

    @Test func `what decides what is measured is not taken beside a file`() throws {
        for words in [
            ["--trials", "3"], ["--name", "x"], ["--fault", "freeze"], ["--interval", "2ms"], ["--bfd", "off"],
        ].prefix(TestLength.rounds(2, long: 5)) {
            #expect(throws: (any Error).self) { try Failover.parse(["--repeat", "run.json"] + words) }
        }
        _ = try Failover.parse(["--repeat", "run.json", "--json", "--samples-out", "x.csv"])
        #expect(throws: (any Error).self) { try Failover.parse(["--samples-out", "x.csv"]) }
    }

    @Test(
        arguments: [
            ("ref: refs/heads/main\n", String(repeating: "a", count: 40) + "\n", String(repeating: "a", count: 40)),
            ("ref: refs/heads/other\n", String(repeating: "a", count: 40) + "\n", nil),
            (String(repeating: "0", count: 40) + "\n", "", String(repeating: "0", count: 40)), ("", "", nil),
        ] as [(String, String, String?)])
    func `the commit is what the repository's files say, or none`(head: String, main: String, commit: String?) {
        #expect(BuildCommit.commit(head: head, main: main) == commit)
    }
}
