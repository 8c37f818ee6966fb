// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

@Suite(.timeLimit(.minutes(1)))
struct MessageChannelTests {
    private func pair() throws -> (near: MessageChannel, far: MessageChannel) {
        let ends = try MessageChannel.pair()
        return (
            MessageChannel(adopting: try ends.near.duplicate()), MessageChannel(adopting: try ends.far.duplicate())
        )
    }

    private var soon: Instant { .now + .seconds(10) }

    /// Octets in a pattern whose length divides no buffer's size: one in the wrong place is another one.
    private static func message(_ byteCount: Int) -> [UInt8] {
        let pattern = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var message: [UInt8] = []
        message.reserveCapacity(byteCount)
        while message.count < byteCount { message += pattern.prefix(byteCount - message.count) }
        return message
    }

    @Test(arguments: [0, 1, 4, 65_531, 65_532, 65_536, 1_000_000, TestLength.isLong ? 20_000_000 : 5_000_000])
    func `a message of any size arrives whole, and the next after it`(byteCount: Int) throws {
        let (near, far) = try pair()
        let message = Self.message(byteCount)
        // More than fits in the socket: it is sent while the other side reads.
        nonisolated(unsafe) var failure: SystemError?
        let sender = try DedicatedThread {
            do throws(SystemError) {
                try near.send(message)
                try near.send([9, 9])
            } catch {
                failure = error
            }
        }
        let received = try far.receive(until: soon)
        #expect(received == message)
        #expect(try far.receive(until: soon) == [9, 9])
        sender.join()
        #expect(failure == nil)
    }

    @Test func `a message that comes octet by octet is one message`() throws {
        let ends = try MessageChannel.pair()
        let channel = MessageChannel(adopting: try ends.near.duplicate())
        let octets: [UInt8] = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 7]
        var messages: [[UInt8]] = []
        for octet in octets {
            try writeAll([octet], to: ends.far.rawValue, subject: "socket")
            #expect(try channel.readMore())
            while let message = try channel.nextMessage() { messages.append(message) }
        }
        #expect(messages == [[1, 2, 3], [], [7]])
    }

    @Test func `a length that no peer of ours sends is an error, not memory`() throws {
        let ends = try MessageChannel.pair()
        let channel = MessageChannel(adopting: try ends.near.duplicate())
        try writeAll([0xFF, 0xFF, 0xFF, 0xFF, 1], to: ends.far.rawValue, subject: "socket")
        let error = #expect(throws: SystemError.self) { try channel.receive(until: soon) }
        #expect(error?.code == EMSGSIZE)
        #expect(error?.detail == "4294967295 octets")
    }

    @Test(arguments: [1, 63, 64, 65, 128, 200])
    func `descriptors arrive in their order, however many`(count: Int) throws {
        let (near, far) = try pair()
        let pipes = try (0..<count).map { _ in try Ends() }
        try near.send([42], descriptors: pipes.map(\.far))
        try near.send([43])
        #expect(try far.receive(until: soon) == [42])
        for (index, pipe) in pipes.enumerated() {
            guard let descriptor = far.nextDescriptor() else {
                Issue.record("only \(index) of \(count) came")
                return
            }
            // What is written to the received descriptor can be read at the other end of its pipe.
            try writeAll([UInt8(index)], to: descriptor.rawValue, subject: "pipe")
            var buffer: [UInt8] = [0, 0]
            let result = readOnce(pipe.near, into: &buffer)
            #expect(result == .octets(1))
            #expect(buffer[0] == UInt8(index))
            let flags = fcntl(descriptor.rawValue, F_GETFD)
            #expect(flags & FD_CLOEXEC != 0, "children must not get it")
        }
        let more = far.nextDescriptor() == nil
        #expect(more)
        #expect(try far.receive(until: soon) == [43])
    }

    private final class Ends {
        private let pipe: DescriptorPair
        init() throws { pipe = try DescriptorPair.pipe() }
        var near: Int32 { pipe.near.rawValue }
        var far: Int32 { pipe.far.rawValue }
    }

    @Test func `descriptors that were not taken are closed with the channel`() throws {
        let pipe = try DescriptorPair.pipe()
        let reading = try pipe.near.duplicate()
        try pass(pipe.far.duplicate())
        _ = consume pipe
        setBlocking(reading.rawValue, false)
        var buffer: [UInt8] = [0]
        // No writer is left.
        let result = readOnce(reading.rawValue, into: &buffer)
        #expect(result == .end)
    }

    /// Sends the descriptor through a channel that ends unread, and closes its own copy.
    private func pass(_ descriptor: consuming OwnedDescriptor) throws {
        let (near, far) = try pair()
        try near.send([1], descriptors: [descriptor.rawValue])
        #expect(try far.receive(until: soon) == [1])
    }

    @Test func `a wait ends when the peer is gone`() throws {
        let ends = try MessageChannel.pair()
        let channel = MessageChannel(adopting: try ends.near.duplicate())
        try writeAll([0, 0, 0, 1, 5, 0, 0, 0, 9, 1], to: ends.far.rawValue, subject: "socket")
        shutdown(ends.far.rawValue, Int32(SHUT_RDWR))
        // Complete messages count; an incomplete one does not.
        #expect(try channel.receive(until: soon) == [5])
        #expect(try channel.receive(until: soon) == nil)
        let error = #expect(throws: SystemError.self) { try channel.send([1]) }
        #expect(error?.code == EPIPE)
        #expect(!channel.enqueue([1]))
    }

    @Test func `a peer that does not answer in time is reported as a timeout`() throws {
        let (near, far) = try pair()
        let error = #expect(throws: SystemError.self) { try near.receive(until: .now + .milliseconds(5)) }
        #expect(error?.code == ETIMEDOUT)
        withExtendedLifetime(far) {}
    }

    @Test func `messages that cannot be sent at once wait, and a peer that never reads is given up`() throws {
        let (near, far) = try pair()
        let message = [UInt8](repeating: 7, count: 1 << 20)
        #expect(near.enqueue(message))
        #expect(near.hasBacklog)
        var received: [UInt8]?
        while received == nil {
            #expect(try far.readMore())
            received = try far.nextMessage()
            #expect(near.flush())
        }
        #expect(received == message)
        #expect(!near.hasBacklog)

        var sent = 0
        while near.enqueue(message) {
            sent += message.count
            try #require(sent <= 2 * MessageChannel.backlogByteCountMax)
        }
        #expect(sent >= MessageChannel.backlogByteCountMax - message.count)
    }

    @Test func `a listener takes one connection after the other, and says when there is none`() throws {
        let path = "/tmp/rslab-channel-\(getpid())-\(UInt32.random(in: .min ... .max)).sock"
        defer { unlink(path) }
        let listener = try MessageChannel.listener(at: path)
        #expect(try MessageChannel.accept(from: listener.rawValue) == nil)
        let client = try MessageChannel(connectingTo: path)
        try client.send([1, 2])
        let server = try #require(try MessageChannel.accept(from: listener.rawValue))
        #expect(try server.receive(until: soon) == [1, 2])
        let taken = #expect(throws: SystemError.self) { _ = try MessageChannel.listener(at: path).rawValue }
        #expect(taken?.code == EADDRINUSE)
        let long = #expect(throws: SystemError.self) {
            try MessageChannel(connectingTo: "/" + String(repeating: "x", count: 200))
        }
        #expect(long?.code == ENAMETOOLONG)
    }

    @Test func `a message that is sent while another is queued arrives after it, and whole`() throws {
        let ends = try MessageChannel.pair()
        let near = MessageChannel(adopting: try ends.near.duplicate())
        let far = MessageChannel(adopting: try ends.far.duplicate())
        let queued = [UInt8](repeating: 1, count: 4 << 20)
        #expect(near.enqueue(queued))
        try #require(near.hasBacklog)
        let pipe = try DescriptorPair.pipe()
        let attached = pipe.near.rawValue
        let sender = try DedicatedThread {
            do throws(SystemError) {
                try near.send([2], descriptors: [attached])
            } catch {
                Issue.record("\(error)")
            }
        }
        let deadline = Instant.now + .seconds(20)
        #expect(try far.receive(until: deadline) == queued)
        #expect(try far.receive(until: deadline) == [2])
        let hasDescriptor = far.nextDescriptor() != nil
        #expect(hasDescriptor)
        sender.join()
        #expect(!near.hasBacklog)
    }
}
