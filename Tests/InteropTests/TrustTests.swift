// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// What rslab finds where its own files should be is checked before it is believed.
    @Suite(.timeLimit(.minutes(1)))
    struct TrustTests {
        @Test(arguments: [
            ("mkdir /run/rslab && chown 1000 /run/rslab", "/run/rslab", "it belongs to user 1000"),
            ("mkdir -m 777 /run/rslab", "/run/rslab", "other users may change it"),
            (
                "mkdir /tmp/rslab-elsewhere; ln -s /tmp/rslab-elsewhere /run/rslab", "/run/rslab",
                "it is not a directory"
            ),
            ("echo > /run/rslab", "/run/rslab", "it is not a directory"),
            ("mkdir -p /run/rslab/interop-t; chown 1000 /run/rslab/interop-t", "/run/rslab/interop-t", "user 1000"),
            ("mkdir -p /run/rslab; ln -s /tmp /run/rslab/interop-t", "/run/rslab/interop-t", "not a directory"),
        ])
        func `a directory that rslab did not make is not used, and is left as it is`(
            script: String, path: String, reason: String
        ) throws {
            let machine = try PrivateRun()
            defer { rmdir("/tmp/rslab-elsewhere") }
            try machine.shell(script)
            for words in [
                ["up", "--name", "interop-t"], ["down", "--name", "interop-t"], ["status", "--name", "interop-t"],
                ["exec", "--name", "interop-t", "rs", "--", "true"],
            ] {
                let result = try machine.run(words)
                #expect(result.status == 2, "\(words)")
                #expect(
                    result.standardError.hasPrefix("rslab: \(path) was not made by rslab: ")
                        && result.standardError.contains(reason), "\(words): \(result.standardError)")
            }
            try machine.shell("test -e \(path) -o -L \(path)")
        }

        @Test(arguments: [
            ("rm S; mkfifo -m 600 S", "it is not a regular file"),
            ("rm S; mkdir -m 700 S", "it is not a regular file"),
            ("mv S S.old; ln -s S.old S", "symbolic links"),
            ("chown 1000 S", "it belongs to user 1000"), ("chmod 666 S", "other users may change it"),
            ("truncate -s 200M S", "more than 64 MB"),
        ])
        func `a state that rslab did not write is not believed, and down still removes the lab`(
            script: String, reason: String
        ) throws {
            let machine = try PrivateRun()
            defer { #expect(throws: Never.self) { try machine.run("down", "--name", "interop-state") } }
            #expect(try machine.run("up", "--name", "interop-state").status == 0)
            try machine.shell(script.replacingOccurrences(of: "S", with: "/run/rslab/interop-state/state.json"))
            for words in [["status"], ["rib"], ["failover"], ["up", "--name", "interop-state"]] {
                let result = try machine.run(words)
                #expect(result.status == 2, "\(words)")
                #expect(
                    result.standardError.contains("state.json") && result.standardError.contains(reason),
                    "\(words): \(result.standardError)")
            }
            let down = try machine.run("down")
            #expect(down.standardOutput == "The lab 'interop-state' is gone.\n", "\(down.standardError)")
            try machine.shell("test ! -e /run/rslab")
        }

        @Test func `another user's process is not taken for a lab's`() throws {
            let testbed = try Testbed()
            // The shell's command line is that of a lab's init.
            try replaceFile(testbed.path("init"), with: Array("read line\n".utf8), mode: 0o644)
            _ = chmod(testbed.path(""), 0o755)
            let machine = try PrivateRun()
            try machine.shell("mkdir -p -m 755 /run/rslab; mkdir -m 700 /run/rslab/interop-claim")
            let claim = Process()
            let input = Pipe()
            claim.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            claim.arguments = [
                "--reuid=65534", "--clear-groups", "sh", "init", "lab", "/run/rslab/interop-claim/namespaces",
            ]
            claim.currentDirectoryURL = URL(fileURLWithPath: testbed.path(""))
            claim.standardInput = input
            try claim.run()
            let line = "sh\0init\0lab\0/run/rslab/interop-claim/namespaces\0"
            try eventually("its command line") {
                try readTextFile("/proc/\(claim.processIdentifier)/cmdline") == line
            }
            #expect(try machine.run("down", "--name", "interop-claim").status == 0)
            #expect(claim.isRunning)
            try input.fileHandleForWriting.close()
            claim.waitUntilExit()
            #expect(claim.terminationReason == .exit)
        }

        @Test func `a template may come through a pipe, and one that never ends is refused`() throws {
            let template = TestLab.fixture("templates/floating-ip.yaml")
            let piped = try RSLabCommand.run(
                ["-c", "exec \"$0\" validate <(cat \(template))", RSLabCommand.executable.path],
                executable: URL(fileURLWithPath: "/bin/bash"))
            #expect(piped.status == 0, "\(piped.standardError)")
            for words in [["validate", "/dev/zero"], ["failover", "--script", "/dev/zero", "--measure"]] {
                let endless = try RSLabCommand.run(words)
                #expect(endless.status == 2)
                #expect(endless.standardError.contains("more than 16 MB"), "\(endless.standardError)")
            }
        }
    }
}
