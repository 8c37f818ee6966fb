// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// What `exec` and `events` must do for their caller.
    @Suite(.timeLimit(.minutes(1)))
    final class ExecTests {
        private let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("rslab-exec-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        }

        deinit {
            do {
                try removeTree(directory.path)
            } catch {
                Issue.record("\(error)")
            }
        }

        private var output: String { "\(directory.path)/out" }

        /// Starts a verb in the test's directory, with its standard output in a file.
        private func start(_ verb: String, of lab: TestLab, _ arguments: String...) throws -> Process {
            let process = Process()
            process.executableURL = RSLabCommand.executable
            process.arguments = [verb, "--name", lab.name] + arguments
            process.currentDirectoryURL = directory
            process.standardInput = FileHandle.nullDevice
            try replaceFile(output, with: [])
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }

        /// Waits for a line that shows that the command runs.
        private func waitForOutput() throws {
            try eventually("the first output") { try readTextFile(output).contains("\n") }
        }

        @Test func `a command begins where the user is and ends with what ends rslab`() throws {
            try TestLab.with("interop-exec") { lab in
                for node in ["instance-rs-az1", "access-instance", "rs"] {
                    let process = try start("exec", of: lab, node, "--", "pwd")
                    process.waitUntilExit()
                    #expect(process.terminationStatus == 0)
                    #expect(try readTextFile(output) == "\(directory.path)\n")
                }
                #expect(try lab.run("exec", "instance-rs-az1", "--", "no-such-command").status == 127)

                for (signal, name) in [(SIGTERM, "TERM"), (SIGHUP, "HUP")] {
                    let process = try start(
                        "exec", of: lab, "instance-rs-az1", "--", "sh", "-c",
                        "trap 'echo \(name); exit 5' \(name); echo ready; while :; do sleep 0.1; done")
                    try waitForOutput()
                    #expect(kill(process.processIdentifier, signal) == 0)
                    process.waitUntilExit()
                    #expect(process.terminationReason == .exit)
                    #expect(process.terminationStatus == 5)
                    #expect(try readTextFile(output) == "ready\n\(name)\n")
                }

                let process = try start(
                    "exec", of: lab, "rs", "--", "sh", "-c", "echo ready; exec sleep 600")
                try waitForOutput()
                // Ctrl-C reaches the command from the terminal: rslab neither ends nor passes it on.
                #expect(kill(process.processIdentifier, SIGINT) == 0)
                #expect(kill(process.processIdentifier, SIGTERM) == 0)
                process.waitUntilExit()
                #expect(process.terminationStatus == 128 + SIGTERM)
            }
        }

        @Test func `the events end with the lab`() throws {
            try TestLab.with("interop-events") { lab in
                let events = try start("events", of: lab)
                try waitForOutput()
                #expect(try lab.run("down").status == 0)
                events.waitUntilExit()
                #expect(events.terminationReason == .exit)
                #expect(events.terminationStatus == 0)
                #expect(try readTextFile(output).contains("\"kind\":\"session-established\""))
            }
        }
    }
}
