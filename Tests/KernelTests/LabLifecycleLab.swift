// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LabHost
import LabModel
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// A lab that a test created, seen from outside.
struct LifecycleLab {
    let name: String

    init(up name: String) throws {
        self.name = name
        try succeed("up")
    }

    /// A lab that may or may not exist already.
    init(named name: String) {
        self.name = name
    }

    /// Runs a verb on this lab.
    func run(_ words: String...) throws -> StruckCommand {
        try run(words)
    }

    private func run(_ words: [String]) throws -> StruckCommand {
        // After "--" comes an arbitrary command.
        let split = words.firstIndex(of: "--") ?? words.count
        return try StruckCommand.run(Array(words[..<split]) + ["--name", name] + Array(words[split...]))
    }

    /// Runs a verb that must succeed, and returns its output.
    @discardableResult
    func succeed(_ words: String...) throws -> String {
        let result = try run(words)
        try #require(
            result.status == 0, "\(words.joined(separator: " ")): \(result.errorText) \(result.text)")
        return result.text
    }

    /// The JSON objects or array that a command inside a node prints.
    func rows(_ words: String...) throws -> [[String: Any]] {
        let result = try run(words)
        let rows = try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [[String: Any]]
        return try #require(rows, "\(words): \(result.text) \(result.errorText)")
    }

    var directory: RunDirectory { RunDirectory(labName: name) }

    /// The lab's init, with the number that it has on this machine.
    func initProcess() throws -> ProcessIdentity {
        try LabState.load(directory).initProcess
    }

    func namespace(_ node: String) throws -> HeldNamespace {
        try HeldNamespace.open(node, of: initProcess().processID, in: directory)
    }

    /// Kills the init from outside, as an out-of-memory killer would.
    func killInit() throws {
        guard let process = try initProcess().hold() else {
            Issue.record("the init of \(name) does not run")
            return
        }
        try process.send(signal: SIGKILL)
        let hasEnded = try process.waitForEnd(until: .now + .seconds(10))
        #expect(hasEnded)
    }

    /// Every process of the lab: its init and all descendants.
    func processes() throws -> Set<Int32> {
        var parents: [Int32: Int32] = [:]
        for number in namesInDirectory("/proc").compactMap({ Int32($0) }) {
            guard let parent = Self.parent(of: number) else { continue }
            parents[number] = parent
        }
        var found: Set<Int32> = [try initProcess().processID]
        while true {
            let more = parents.filter { found.contains($0.value) && !found.contains($0.key) }.keys
            if more.isEmpty { return found }
            found.formUnion(more)
        }
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let text = try? readTextFile("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        return text[text.index(after: end)...].split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }
}
