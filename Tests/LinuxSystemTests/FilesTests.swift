// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import Testing
import WireFormat

@Suite(.timeLimit(.minutes(1)))
struct FilesTests {
    /// A directory of the test's own.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = "/tmp/rslab-files-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try makeDirectory(path, mode: 0o700)
        var result = Result<Void, any Error>.success(())
        do { try body(path) } catch { result = .failure(error) }
        try removeTree(path)
        #expect(access(path, F_OK) != 0)
        try result.get()
    }

    @Test func `a tree is removed, links in it are removed and not followed`() throws {
        try withFolder { folder in
            try makeDirectory("\(folder)/keep", mode: 0o700)
            try replaceFile("\(folder)/keep/file", with: [1])
            try makeDirectory("\(folder)/tree", mode: 0o700)
            try makeDirectory("\(folder)/tree/a", mode: 0o700)
            try makeDirectory("\(folder)/tree/a/b", mode: 0o700)
            try replaceFile("\(folder)/tree/a/b/file", with: [2])
            #expect(symlink("\(folder)/keep", "\(folder)/tree/a/to-directory") == 0)
            #expect(symlink("\(folder)/keep/file", "\(folder)/tree/to-file") == 0)
            #expect(symlink("\(folder)/nowhere", "\(folder)/tree/to-nothing") == 0)
            #expect(mkfifo("\(folder)/tree/fifo", 0o600) == 0)
            try removeTree("\(folder)/tree")
            #expect(namesInDirectory(folder) == ["keep"])
            #expect(try readFile("\(folder)/keep/file") == [1])
        }
    }

    @Test func `a link in the place of the tree is removed itself`() throws {
        try withFolder { folder in
            try makeDirectory("\(folder)/keep", mode: 0o700)
            try replaceFile("\(folder)/keep/file", with: [1])
            #expect(symlink("\(folder)/keep", "\(folder)/tree") == 0)
            try removeTree("\(folder)/tree")
            #expect(namesInDirectory(folder) == ["keep"])
            #expect(namesInDirectory("\(folder)/keep") == ["file"])
        }
    }

    @Test func `a file is removed like a tree, and a missing one is not a failure`() throws {
        try withFolder { folder in
            try replaceFile("\(folder)/file", with: [1])
            try removeTree("\(folder)/file")
            try removeTree("\(folder)/file")
            #expect(namesInDirectory(folder) == [])
            #expect(namesInDirectory("\(folder)/nowhere") == [])
        }
    }

    @Test func `a file is replaced as a whole, with its mode, and nothing stays beside it`() throws {
        try withFolder { folder in
            let path = "\(folder)/state"
            try replaceFile(path, with: Array(repeating: 1, count: 200_000))
            try replaceFile(path, with: [2], mode: 0o644)
            #expect(try readFile(path) == [2])
            #expect(namesInDirectory(folder) == ["state"])
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o644)
            let error = #expect(throws: SystemError.self) { try replaceFile("\(folder)/nowhere/state", with: []) }
            #expect(error?.code == ENOENT)
        }
    }

    @Test func `large files and octets that are no text are read`() throws {
        try withFolder { folder in
            let octets = (0..<200_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try replaceFile("\(folder)/file", with: octets)
            #expect(try readFile("\(folder)/file") == octets)
            try replaceFile("\(folder)/text", with: [0x61, 0xFF, 0x62])
            #expect(try readTextFile("\(folder)/text") == "a\u{FFFD}b")
        }
    }

    @Test(arguments: [
        (SystemError(operation: "open", subject: "/x", code: ENOENT), "open /x: No such file or directory"),
        (
            SystemError(operation: "add veth", subject: "eth0", code: EEXIST, detail: "there is one"),
            "add veth eth0: File exists (there is one)"
        ),
        (SystemError(operation: "start", subject: "it", code: 0, detail: "why not"), "start it (why not)"),
        (SystemError(operation: "ask", subject: "kernel", code: 4242), "ask kernel: unknown error"),
        (SystemError(operation: "ask", subject: "kernel", code: -5), "ask kernel: unknown error"),
    ])
    func `an error says what failed on what, and why`(error: SystemError, text: String) {
        #expect("\(error)" == text)
    }

    @Test func `a call that fails throws its errno, one that is interrupted is made again`() throws {
        let error = #expect(throws: SystemError.self) { try systemCall("close", "nothing") { close(-1) } }
        #expect(error == SystemError(operation: "close", subject: "nothing", code: EBADF))
        var calls = 0
        let value = try systemCall("try", "it") { () -> Int32 in
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 5
        }
        #expect(value == 5)
        #expect(calls == 3)
        #expect(try checked("count", "it", Int32(7)) == 7)
        let negative = #expect(throws: SystemError.self) { try checked("count", "it", -Int(EAGAIN)) }
        #expect(negative?.code == EAGAIN)
    }

    @Test func `a descriptor is closed with its owner, and not when it is given up`() throws {
        let pipe = try DescriptorPair.pipe()
        let copy = try pipe.far.duplicate()
        let number = copy.rawValue
        #expect(number >= 3)
        let original = pipe.far.rawValue
        #expect(number != original)
        #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
        let given = copy.release()
        #expect(given == number)
        // Still open: what is written to it arrives.
        try writeAll([1], to: given, subject: "pipe")
        _ = OwnedDescriptor(adopting: given)
        let reading = try pipe.near.duplicate()
        _ = consume pipe
        setBlocking(reading.rawValue, false)
        var buffer: [UInt8] = [0, 0]
        let results = [readOnce(reading.rawValue, into: &buffer), readOnce(reading.rawValue, into: &buffer)]
        // The last writer is closed: that is the end.
        #expect(results == [.octets(1), .end])
        let missing = #expect(throws: SystemError.self) {
            _ = try OwnedDescriptor(opening: "/nonexistent", flags: O_RDONLY).rawValue
        }
        #expect(missing?.description == "open /nonexistent: No such file or directory")
    }
}
