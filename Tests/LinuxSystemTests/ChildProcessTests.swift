// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

@Suite(.timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test func `the result is the exit status, or 128 and the signal`() throws {
        #expect(try ShellScript.run("exit 7").status == 7)
        #expect(try ShellScript.run("kill -TERM $$").status == 128 + SIGTERM)
    }

    @Test func `the environment is exactly the one given`() throws {
        let pipe = try DescriptorPair.pipe()
        var child = ChildProcess(executable: "/usr/bin/env", arguments: [], environment: ["B=2", "A=1 and more", "E="])
        child.standardDescriptors = [nil, pipe.far.rawValue, nil]
        let started = try child.start()
        #expect(try waitForChild(started.processID) == 0)
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard case .octets(let count) = readOnce(pipe.near.rawValue, into: &buffer) else {
            Issue.record("env printed nothing")
            return
        }
        #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "B=2\nA=1 and more\nE=\n")
    }

    @Test func `directory, program name and session are as requested`() throws {
        let plain = try ShellScript.run("pwd; echo $0") { $0.directory = "/usr" }
        #expect(plain.output == "/usr\n/bin/sh\n")
        let named = try ShellScript.run("cat /proc/$$/cmdline | tr '\\0' ' '; echo; cut -d' ' -f1,6 /proc/$$/stat") {
            $0.programName = "somebody"
            $0.newSession = true
        }
        #expect(named.output.hasPrefix("somebody -c "))
        let numbers = named.output.split(separator: "\n").last?.split(separator: " ")
        #expect(numbers?.count == 2)
        #expect(numbers?.first == numbers?.last, "it leads a session: \(named.output)")
    }

    @Test func `descriptors are 3, 4 and so on in the child, also where those numbers are taken here`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // With this process's numbers, all of the child's are taken; in each order some are in the way of others.
        let files = try ["a", "b", "c", "d"].map { name in
            let path = folder.appendingPathComponent(name).path
            try replaceFile(path, with: Array(name.utf8))
            return try File(path)
        }
        let numbers = files.map(\.number)
        let orders = [numbers, numbers.reversed(), [numbers[2], numbers[0], numbers[3], numbers[1]]]
        for order in orders {
            let result = try ShellScript.run("cat <&3; cat <&4; cat <&5; cat <&6") { $0.extraDescriptors = order }
            let expected = order.compactMap { number in files.first { $0.number == number }?.name }
            #expect(result.output == expected.joined(), "\(order)")
            // The same open files: each was read to its end.
            for file in files { lseek(file.number, 0, Int32(SEEK_SET)) }
        }
        // The same descriptor twice, and one that is also standard output.
        let twice = try ShellScript.run("cat <&3; cat <&4") { $0.extraDescriptors = [numbers[1], numbers[1]] }
        #expect(twice.output == "b")
        let both = try ShellScript.run("echo one >&1; echo two >&3") {
            $0.extraDescriptors = [$0.standardDescriptors[1] ?? -1]
        }
        #expect(both.output == "one\ntwo\n")
    }

    private final class File {
        let descriptor: OwnedDescriptor
        let name: String
        init(_ path: String) throws {
            descriptor = try OwnedDescriptor(opening: path, flags: O_RDONLY)
            name = String(path.suffix(1))
        }
        var number: Int32 { descriptor.rawValue }
    }

    @Test func `a child has no descriptor but its own`() throws {
        // One without close-on-exec, and one with a high number.
        let plain = open("/dev/null", O_RDONLY)
        defer { close(plain) }
        let high = fcntl(plain, F_DUPFD, 700)
        defer { close(high) }
        try #require(plain >= 0 && high >= 700)
        // ls has a descriptor of its own for the directory that it lists.
        let none = try ShellScript.run("ls /proc/self/fd | wc -l")
        #expect(none.output.trimmingCharacters(in: .whitespacesAndNewlines) == "4")
        let one = try ShellScript.run("ls /proc/self/fd | tr '\\n' ' '") { $0.extraDescriptors = [plain] }
        #expect(one.output == "0 1 2 3 4 ")
    }

    @Test func `standard descriptors that are not given are /dev/null`() throws {
        let result = try ShellScript.run("readlink /proc/self/fd/0")
        #expect(result.output == "/dev/null\n")
    }

    @Test func `a child begins with no signal blocked or ignored`() throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        let status = try ShellScript.run("cat /proc/self/status").output.split(separator: "\n")
        for field in ["SigBlk:", "SigIgn:"] {
            let line = try #require(status.first { $0.hasPrefix(field) })
            let signals = try #require(UInt64(line.dropFirst(field.count + 1), radix: 16))
            // The C library's own two signals, 32 and 33, cannot be distinguished here.
            #expect(signals & ~(3 << 31) == 0, "\(line)")
        }
    }

    // MARK: What cannot be started

    @Test func `a program that is not there is a failure of start, with step and errno`() throws {
        let error = #expect(throws: SystemError.self) {
            _ = try ChildProcess(executable: "/nonexistent/program", arguments: []).start().processID
        }
        #expect(error?.code == ENOENT)
        #expect(
            error?.description == "start /nonexistent/program: No such file or directory (could not execute)")
        let denied = #expect(throws: SystemError.self) {
            _ = try ChildProcess(executable: "/etc/passwd", arguments: []).start().processID
        }
        #expect(denied?.code == EACCES)
    }

    @Test func `a step before that fails names itself, and leaves no child`() throws {
        var child = ChildProcess(executable: "/bin/true", arguments: [])
        child.directory = "/nonexistent"
        let directory = #expect(throws: SystemError.self) { _ = try child.start().processID }
        #expect(directory?.code == ENOENT)
        #expect(directory?.detail == "could not change the directory")

        child.directory = nil
        child.networkNamespace = try OwnedDescriptor(opening: "/dev/null", flags: O_RDONLY).release()
        defer { close(child.networkNamespace ?? -1) }
        let namespace = #expect(throws: SystemError.self) { _ = try child.start().processID }
        #expect(namespace?.code == EINVAL)
        #expect(namespace?.detail == "could not enter the network namespace")

        child.networkNamespace = nil
        child.extraDescriptors = [9999]
        let descriptor = #expect(throws: SystemError.self) { _ = try child.start().processID }
        #expect(descriptor?.code == EBADF)
        #expect(descriptor?.detail == "could not duplicate a descriptor")
        child.extraDescriptors = Array(repeating: 0, count: 1000)
        let many = #expect(throws: SystemError.self) { _ = try child.start().processID }
        #expect(many?.code == E2BIG)
    }

    @Test func `a handle signals its process, sees its end, and never another process`() throws {
        let started = try ChildProcess(executable: "/bin/sleep", arguments: ["600"]).start()
        let runsOn = try !started.handle.waitForEnd(until: .now + .milliseconds(5))
        #expect(runsOn)
        let number = started.handle.processID()
        #expect(number == started.processID)
        try started.handle.send(signal: SIGKILL)
        let hasEnded = try started.handle.waitForEnd(until: .now + .seconds(10))
        #expect(hasEnded)
        #expect(try waitForChild(started.processID) == 128 + SIGKILL)
        // Reaped: the number may belong to another process now, but the handle belongs to none.
        let none = started.handle.processID()
        #expect(none == nil)
        try started.handle.send(signal: SIGKILL)
    }
}
