// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LinuxSystem
import NodeProtocol
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// Labs start once, stop once, belong to one rslab at a time, and leave nothing behind when they fail.
    @Suite(.timeLimit(.minutes(1)))
    struct LifecycleTests {
        /// The built-in template with a line of each gobgpd.conf replaced.
        private func template(_ testbed: Testbed, replacing line: String, with other: String) throws -> String {
            let text = try readTextFile(TestLab.fixture("templates/floating-ip.yaml"))
            try #require(text.contains(line))
            let path = testbed.path("template.yaml")
            try replaceFile(path, with: Array(text.replacingOccurrences(of: line, with: other).utf8))
            return path
        }

        @Test func `a second up and a second down change nothing and say so`() throws {
            try TestLab.named("interop-twice") { lab in
                let first = try lab.json(UpOutput.self, "up")
                #expect(first.changed && first.ready_ms ?? 0 > 0)
                let before = try lab.json(StatusOutput.self, "status").nodes.map { $0.programs.map(\.process_id) }
                let again = try lab.run("up", "--json")
                #expect(again.status == 0)
                #expect(try !again.decode(UpOutput.self).changed)
                #expect(
                    again.standardError == "The lab '\(lab.name)' is already up; nothing was changed.\n")
                let after = try lab.json(StatusOutput.self, "status").nodes.map { $0.programs.map(\.process_id) }
                #expect(before == after)

                #expect(try lab.run("down").standardOutput == "The lab '\(lab.name)' is gone.\n")
                let down = try lab.run("down")
                #expect(down.status == 0)
                #expect(down.standardError == "There is no lab '\(lab.name)'; nothing was changed.\n")
                #expect(lab.remains.isEmpty)
            }
        }

        @Test func `while one rslab measures, others are refused, and Ctrl-C puts the lab back`() throws {
            try TestLab.with("interop-busy", up: "--hold", "3") { lab in
                let measuring = try lab.start(
                    "failover", "--measure", "--fault", "terminate", "--validation", "60s")
                try eventually("the fault in place") { try lab.json(StatusOutput.self, "status").fault != nil }
                for words in [["failover"], ["failover", "--measure"], ["restore"], ["down"]] {
                    let result = try lab.run(words[0], Array(words.dropFirst()) + ["--json"])
                    #expect(result.status == 2, "\(words)")
                    let problem = try result.decode(FailureOutput.self).error.problem
                    #expect(
                        problem
                            == "the lab '\(lab.name)' is busy: another rslab (process \(measuring.processIdentifier))"
                            + " is working on it")
                }
                measuring.interrupt()
                measuring.waitUntilExit()
                #expect(measuring.terminationReason == .exit && measuring.terminationStatus == 130)
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.fault == nil)
                try eventually("the lab as before") {
                    let status = try lab.json(StatusOutput.self, "status")
                    return status.sessions_established == 4 && status.active == "instance-rs-az1"
                }
            }
        }

        @Test func `a lab that is not ready in time says what it waited for, and is removed`() throws {
            let testbed = try Testbed()
            let path = try template(
                testbed, replacing: "                  peer-as = 65000",
                with: "                  peer-as = 65010")
            try TestLab.named("interop-late") { lab in
                let result = try lab.run("up", path, "--timeout", "1", "--json")
                #expect(result.status == 2)
                let problem = try result.decode(FailureOutput.self).error.problem
                #expect(problem.contains("BGP sessions do not come up: rs1-az1-rse1 with 10.0.1.203"), "\(problem)")
                #expect(lab.remains.isEmpty)
            }
        }

        @Test(.requires(daemon: .gobgpd))
        func `a daemon that dies while the lab comes up is quoted, and the lab is gone`() throws {
            let testbed = try Testbed()
            let path = try template(
                testbed, replacing: "router-id = \"$INSTANCE_IP\"\n",
                with: "router-id = \"$INSTANCE_IP\"\n                local-address-list = [\"192.0.2.9\"]\n")
            try TestLab.named("interop-dies") { lab in
                let result = try lab.run("up", path, "--speaker", "gobgpd", "--json")
                #expect(result.status == 2)
                let problem = try result.decode(FailureOutput.self).error.problem
                #expect(
                    problem.contains(", gobgpd ended with status 1: ")
                        && problem.contains("listen tcp4 192.0.2.9:179: bind: cannot assign requested address"),
                    "\(problem)")
                #expect(lab.remains.isEmpty)
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
        func `an up that is ended half-way leaves nothing`(signal: Int32) throws {
            let testbed = try Testbed()
            let path = try template(
                testbed, replacing: "                  peer-as = 65000",
                with: "                  peer-as = 65010")
            try TestLab.named("interop-cut") { lab in
                let up = try lab.start("up", path)
                try eventually("the lab half-way") { lab.remains.contains { $0.contains("speaker") } }
                #expect(kill(up.processIdentifier, signal) == 0)
                up.waitUntilExit()
                #expect(up.terminationStatus == (signal == SIGKILL ? SIGKILL : 130))
                // After SIGKILL nothing can remove the directory: the next command does.
                if signal == SIGKILL {
                    try eventually("every process gone") { lab.remains == [RunDirectory(labName: lab.name).path] }
                    #expect(try lab.run("status").status == 2)
                    #expect(try lab.run("up").status == 0)
                } else {
                    #expect(lab.remains.isEmpty)
                }
            }
        }

        @Test func `up closes the descriptors that it inherited`() throws {
            try TestLab.named("interop-inherit") { lab in
                let pair = try MessageChannel.pair()
                let reader = MessageChannel(
                    adopting: OwnedDescriptor(adopting: fcntl(pair.near.rawValue, F_DUPFD_CLOEXEC, 0)))
                var child = ChildProcess(
                    executable: RSLabCommand.executable.path, arguments: ["up", "--name", lab.name],
                    environment: ["PATH=/usr/bin:/bin"])
                child.extraDescriptors = [pair.far.rawValue]
                let started = try child.start()
                #expect(try waitForChild(started.processID) == 0)
                #expect(!lab.remains.isEmpty)
                _ = consume pair
                #expect(
                    try reader.receive(until: .now + .seconds(5)) == nil, "a program of the lab still has the other end"
                )
            }
        }

        @Test func `a lab that is being taken down is waited for, by down and by up`() throws {
            for verb in ["down", "up"] {
                try TestLab.with("interop-removal") { lab in
                    let directory = RunDirectory(labName: lab.name)
                    let lock = try #require(try LabLock.take(directory))
                    try replaceFile("\(directory.path)/removal", with: [])
                    let status = try lab.run("status")
                    #expect(status.status == 2)
                    #expect(
                        status.standardError
                            == "rslab: the lab '\(lab.name)' is being taken down by process \(getpid());"
                            + " wait until it is gone\n")
                    let second = try RunningCommand(verb, "--name", lab.name)
                    usleep(300_000)
                    #expect(second.isRunning)
                    _ = consume lock
                    let result = try second.end()
                    #expect(result.status == 0, "\(verb): \(result.standardError)")
                }
            }
        }

        @Test func `of commands that want the same at once, all succeed and one does it`() throws {
            try TestLab.named("interop-together") { lab in
                let ups = try (0..<4).map { _ in try RunningCommand("up", "--json", "--name", lab.name) }
                let built = try ups.map { try $0.end() }
                #expect(built.allSatisfy { $0.status == 0 }, "\(built)")
                #expect(try built.count { try $0.decode(UpOutput.self).changed } == 1)
                let downs = try (0..<4).map { _ in try RunningCommand("down", "--json", "--name", lab.name) }
                let removed = try downs.map { try $0.end() }
                #expect(removed.allSatisfy { $0.status == 0 }, "\(removed)")
                #expect(try removed.contains { try $0.object()["changed"] as? Bool == true })
                #expect(lab.remains.isEmpty)
            }
        }

        @Test func `a lab that is being built is said to be, and nobody is told to take it down`() throws {
            try TestLab.named("interop-builder") { lab in
                let up = try RunningCommand("up", "--programming-delay", "60s", "--name", lab.name)
                var isBeingBuilt = false
                try eventually("the lab half-way") {
                    for words in [["status"], ["doctor"], ["rib"], ["failover"], ["restore"]] {
                        let result = try lab.run(words[0])
                        #expect(result.status == 2, "\(words)")
                        let building =
                            "rslab: the lab '\(lab.name)' is being built by process \(up.processID);"
                            + " wait until it is ready\n"
                        isBeingBuilt = isBeingBuilt || result.standardError == building
                        #expect(
                            [building, "rslab: there is no lab '\(lab.name)'; run 'rslab up' first\n"]
                                .contains(result.standardError), "\(words): \(result.standardError)")
                    }
                    return lab.remains.contains { $0.contains("speaker") }
                }
                #expect(isBeingBuilt)
                let down = try lab.run("down")
                #expect(down.status == 2)
                #expect(
                    down.standardError
                        == "rslab: the lab '\(lab.name)' is busy: another rslab (process \(up.processID)) is working"
                        + " on it; wait until it is done\n")
                let machine = try RSLabCommand.run("doctor").standardOutput
                #expect(!machine.contains("rslab down --name \(lab.name)"), "\(machine)")
                #expect(kill(up.processID, SIGINT) == 0)
                #expect(try up.end().status == 130)
            }
        }

        @Test func `a log is sentences with the local time`() throws {
            try TestLab.with("interop-log") { lab in
                let log = try lab.run("logs", "rs").standardOutput
                #expect(log.contains("BGP session rs1-az1-rse1 - 10.0.1.203 is Established"), "\(log)")
                #expect(!log.contains("{") && !log.contains("session-established"))
                let formatter = DateFormatter()
                formatter.locale = Locale(identifier: "en_US_POSIX")
                formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
                for line in log.split(separator: "\n") {
                    let time = try #require(formatter.date(from: String(line.prefix(19))), "\(line)")
                    #expect(abs(time.timeIntervalSinceNow) < 60, "\(line)")
                }
            }
        }

        @Test func `a verb whose output is lost has done what it should, and fails`() throws {
            try TestLab.named("interop-full") { lab in
                for words in [
                    ["up", "--bfd", "50msx3"], ["status"], ["status", "--json"], ["neighbors"], ["rib"], ["tables"],
                    ["doctor"],
                    ["logs", "rs"], ["events", "--once"], ["aws", "ec2", "describe-route-servers"],
                    ["failover", "--fault", "crash"], ["restore"], ["bfd", "admin-up"], ["down"],
                ] {
                    let selection = words[0] == "aws" ? words + ["--name", lab.name] : [words[0]]
                    let rest = words[0] == "aws" ? [] : ["--name", lab.name] + words.dropFirst()
                    let words = words[0] == "bfd" ? ["bfd", "admin-up", "--name", lab.name] : selection + rest
                    let result = try RSLabCommand.run(words, redirection: ">/dev/full")
                    #expect(result.status == 2, "\(words)")
                    #expect(
                        result.standardError.contains(
                            "rslab: cannot write to standard output: No space left on device; "),
                        "\(words): \(result.standardError)")
                }
                #expect(lab.remains.isEmpty)
            }
        }

        @Test func `every verb's JSON is one object with its schema, and nothing else is on standard output`() throws {
            for words in [["validate"], ["doctor"], ["up", "--dry-run"]] {
                let result = try RSLabCommand.run(words + ["--json"])
                #expect(result.status == 0, "\(words): \(result.standardError)")
                #expect(try !result.object().isEmpty, "\(words)")
            }
            try TestLab.named("interop-json") { lab in
                for (words, key) in [
                    (["up", "--hold", "3"], "ready_ms"), (["up", "--hold", "3"], "changed"), (["status"], "nodes"),
                    (["neighbors"], "neighbors"), (["neighbors", "instance-rs-az1"], "neighbors"),
                    (["rib"], "routes"), (["rib", "instance-rs-az1"], "routes"), (["tables"], "route_tables"),
                    (["failover", "--fault", "crash"], "events"), (["restore"], "events"), (["restore"], "changed"),
                    (["down"], "changed"), (["down"], "changed"),
                ] {
                    let result = try lab.run(words[0], Array(words.dropFirst()) + ["--json"])
                    #expect(result.status == 0, "\(words): \(result.standardError)")
                    #expect(try result.object()[key] != nil, "\(words): \(result.standardOutput)")
                }
            }
        }
    }
}
