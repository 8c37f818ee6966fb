// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing

/// `rslab-node enter`, in the test's own mount namespace, whose mounts are shared as on a host.
@Suite(.requiresNetworkAdmin, .sideBySide, .timeLimit(.minutes(1)))
final class EnterProgramTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)")

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

    private struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    /// Runs a command as in a node, after `preparation`, a line of shell.
    ///
    /// The shell stays: without a process its mounts would end, and the processes inside would lose them.
    private func enter(
        _ words: String..., searchPath: String = "/usr/bin:/bin", homeFiles: [String: String] = [:],
        workingDirectory: String? = nil, preparation: String = ":"
    ) throws -> Result {
        let settings = EnterProgramSettings(
            commandDirectory: "/nonexistent", searchPath: searchPath, homeFiles: homeFiles,
            hostsFile: "/etc/hosts", words: words, lab: "test", workingDirectory: workingDirectory ?? directory.path)
        let node = RSLabCommand.executable.deletingLastPathComponent().appendingPathComponent("rslab-node").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = [
            "--mount", "--propagation", "shared", "sh", "-c", "\(preparation) && \"$0\" enter \"$1\"; exit $?", node,
            String(decoding: JSON.encode(settings), as: UTF8.self),
        ]
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        func file(_ name: String) throws -> FileHandle {
            let url = directory.appendingPathComponent(name)
            try Data().write(to: url)
            return try FileHandle(forWritingTo: url)
        }
        process.standardOutput = try file("out")
        process.standardError = try file("err")
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try readTextFile("\(directory.path)/out"),
            error: try readTextFile("\(directory.path)/err"))
    }

    private func write(_ name: String, _ text: String, mode: UInt32) throws {
        try replaceFile("\(directory.path)/\(name)", with: Array(text.utf8), mode: mode)
    }

    @Test(arguments: ["/usr/bin:/bin", "", ":/usr/bin", "/usr/bin::/bin:"])
    func `a command that is not in PATH is not run from the working directory`(searchPath: String) throws {
        try write("here", "#!/bin/sh\necho ran\n", mode: 0o755)
        let byName = try enter("here", searchPath: searchPath)
        #expect(byName.status == 127)
        #expect(byName.output.isEmpty)
        #expect(byName.error == "rslab: here: command not found\n")
        let byPath = try enter("./here", searchPath: searchPath)
        #expect(byPath.status == 0)
        #expect(byPath.output == "ran\n")
    }

    @Test func `a command that cannot be executed ends with 126, and one that does not exist with 127`() throws {
        try write("text", "text", mode: 0o644)
        #expect(try enter("./text").status == 126)
        #expect(try enter("text", searchPath: directory.path).status == 126)
        #expect(try enter("./nothing").status == 127)
        #expect(try enter("").status == 127)
    }

    @Test func `a command begins in the working directory, or in the root where that is missing`() throws {
        let there = try enter("pwd")
        #expect(there.output == "\(directory.path)\n")
        #expect(there.error.isEmpty)
        let missing = try enter("pwd", workingDirectory: "/nonexistent/directory")
        #expect(missing.status == 0)
        #expect(missing.output == "/\n")
        #expect(
            missing.error
                == "rslab: /nonexistent/directory: No such file or directory; the command begins in /\n")
    }

    @Test func `files, links and directories in /home stay beside the sample's home`() throws {
        try write("target", "the sample's file", mode: 0o644)
        let home = try enter(
            "sh", "-c", "cat file link directory/file ec2-user/gobgpd.conf; readlink link",
            homeFiles: ["gobgpd.conf": "\(directory.path)/target"], workingDirectory: "/home",
            preparation: """
                mount -t tmpfs tmpfs /home && echo 1 >/home/file && ln -s file /home/link && mkdir /home/directory \
                && echo 2 >/home/directory/file && mkfifo /home/pipe && ln -s /nonexistent /home/dangling
                """)
        #expect(home.error.isEmpty)
        #expect(home.output == "1\n1\n2\nthe sample's filefile\n")
    }

    @Test func `mounts of a node do not reach the host, and the host's changes reach the node`() throws {
        let mounts = try enter("cat", "/proc/self/mountinfo")
        let lines = mounts.output.split(separator: "\n")
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { !$0.contains(" shared:") })
        let root = try #require(lines.first { $0.split(separator: " ")[4] == "/" })
        #expect(root.contains(" master:"))
    }
}
