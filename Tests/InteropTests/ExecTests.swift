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

        @Test func `a node knows its name, and sudo keeps what gobgp needs`() throws {
            try TestLab.with("interop-sudo") { lab in
                for node in ["instance-rs-az1", "access-instance", "rs", "vpc"] {
                    let name = try lab.output(of: "hostname", on: node).trimmingCharacters(in: .newlines)
                    // Without DNS, which in a lab answers nobody and takes long to fail.
                    let found = try lab.run("exec", node, "--", "getent", "-s", "hosts:files", "ahosts", name)
                    #expect(found.status == 0, "\(name)")
                }
                let address = try lab.output(of: "getent", "ahostsv4", "instance-rs-az2", on: "access-instance")
                #expect(address.hasPrefix("10.0.2.203 "))

                let plain = try lab.output(of: "gobgp", "global", on: "instance-rs-az1")
                for words in [
                    ["sudo", "gobgp", "global"], ["sudo", "-n", "-u", "root", "gobgp", "global"],
                    ["sudo", "/home/ec2-user/gobgp", "global"], ["sudo", "RSLAB_LAB=\(lab.name)", "gobgp", "global"],
                    // As a real sudo does.
                    ["env", "-i", "/home/ec2-user/gobgp", "global"],
                ] {
                    let result = try lab.run("exec", ["instance-rs-az1", "--"] + words)
                    #expect(result.standardOutput == plain, "\(words): \(result.standardError)")
                }
                #expect(try lab.output(of: "sudo", "A=1", "printenv", "A", on: "instance-rs-az1") == "1\n")
            }
        }

        @Test(.enabled(if: access("/usr/bin/sudo", X_OK) == 0, "this machine has no sudo"))
        func `the machine's own sudo works in a node`() throws {
            try TestLab.with("interop-real-sudo") { lab in
                let plain = try lab.output(of: "gobgp", "global", on: "instance-rs-az1")
                for words in [
                    ["/usr/bin/sudo", "/home/ec2-user/gobgp", "global"],
                    ["sudo", "-k", "/home/ec2-user/gobgp", "global"],
                ] {
                    let result = try lab.run("exec", ["instance-rs-az1", "--"] + words)
                    #expect(result.standardOutput == plain, "\(words): \(result.standardError)")
                    #expect(!result.standardError.contains("unable to resolve"), "\(result.standardError)")
                }
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
