// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import LabHost
import Measurement
import Synchronization
import TestSupport
import Testing

/// A lab for one test, removed when the test is over, however it ended.
struct TestLab {
    let name: String

    private static let labCount = Mutex(0)

    static let sampleTemplate = fixture("templates/aws-sample-rs-cf.yaml")

    static func fixture(_ path: String) -> String {
        RSLabCommand.repository.appendingPathComponent("fixtures/\(path)").path
    }

    /// Brings a lab up for `body`.
    static func with(_ name: String, up arguments: String..., body: (TestLab) throws -> Void) throws {
        try named(name) { lab in
            let up = try lab.run("up", arguments)
            try #require(up.status == 0, "up: \(up.standardError)")
            try body(lab)
        }
    }

    /// A name that `body` may use freely; nothing of it is left afterwards.
    static func named(_ name: String, body: (TestLab) throws -> Void) throws {
        let lab = TestLab(name: "\(name)-\(uniqueSuffix())")
        try lab.end()
        do {
            try body(lab)
        } catch {
            try lab.end()
            throw error
        }
        try lab.end()
        #expect(lab.remains.isEmpty)
    }

    private func end() throws {
        let down = try run("down")
        #expect(down.status == 0, "down: \(down.standardError)")
    }

    /// Tests may run twice at a time on one machine, and the cases of one test at the same time.
    static func uniqueSuffix() -> String {
        let number = labCount.withLock { count in
            count += 1
            return count
        }
        // A lab's name has at most 32 characters.
        return [Int(ProcessInfo.processInfo.processIdentifier), number].map { String($0, radix: 36) }
            .joined(separator: "-")
    }

    /// Runs a verb on this lab.
    func run(_ verb: String, _ arguments: String...) throws -> RSLabCommand.Result {
        try run(verb, arguments)
    }

    func run(_ verb: String, _ arguments: [String]) throws -> RSLabCommand.Result {
        try RSLabCommand.run([verb, "--name", name] + arguments)
    }

    /// Starts a verb on this lab without waiting for it.
    func start(_ verb: String, _ arguments: String...) throws -> Process {
        try RSLabCommand.start([verb, "--name", name] + arguments)
    }

    /// The output of a verb with `--json`, after it ended with status 0.
    func json<Output: Decodable>(_ type: Output.Type, _ verb: String, _ arguments: String...) throws -> Output {
        let result = try run(verb, arguments + ["--json"])
        try #require(result.status == 0, "\(verb): \(result.standardError)")
        return try result.decode(Output.self)
    }

    /// What the lab's nodes remember of what happened.
    func events() throws -> [TraceEvent] {
        try run("events", "--once").standardOutput.split(separator: "\n")
            .map { try JSONDecoder().decode(TraceEvent.self, from: Data($0.utf8)) }
    }

    /// The output of a command inside a node, after it ended with status 0.
    func output(of words: String..., on node: String) throws -> String {
        let result = try run("exec", [node, "--"] + words)
        try #require(result.status == 0, "\(words): \(result.standardError)")
        return result.standardOutput
    }

    /// The lab's remaining files and processes, by path and command line.
    var remains: [String] {
        let directory = RunDirectory(labName: name)
        var remains = directory.exists ? [directory.path] : []
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in processes where Int32(process) != nil {
            // A process that ended since /proc was listed has no command line, and is not a remnant.
            guard let words = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")) else { continue }
            let line = String(decoding: words, as: UTF8.self).replacingOccurrences(of: "\0", with: " ")
            if line.contains("\(directory.path)/") { remains.append(line) }
        }
        return remains
    }
}

extension RSLabCommand.Result {
    private struct Head: Decodable {
        var schema: Int
    }

    /// Standard output as one JSON value with `"schema": 1`, and nothing else.
    func decode<Output: Decodable>(_ type: Output.Type) throws -> Output {
        let data = Data(standardOutput.utf8)
        #expect(try JSONDecoder().decode(Head.self, from: data).schema == 1)
        return try JSONDecoder().decode(Output.self, from: data)
    }

    /// Standard output as a JSON object with `"schema": 1`, whatever else it contains.
    func object() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(standardOutput.utf8))
        let object = try #require(value as? [String: Any], "not an object: \(standardOutput)")
        #expect(object["schema"] as? Int == 1)
        return object
    }
}
