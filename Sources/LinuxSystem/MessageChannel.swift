// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// Messages over a local stream socket: a length of four octets, then that many octets, with optional descriptors.
///
/// rslab and the programs inside the lab use these, on sockets in the lab's run directory.
package final class MessageChannel: @unchecked Sendable {
    // Used by one thread at a time, its owner. It is handed over, never shared.

    /// The largest message accepted: a larger one means a broken peer.
    package static let messageByteCountMax = 64 << 20
    /// How much may wait to be sent before a peer that does not read is dropped.
    package static let backlogByteCountMax = 16 << 20
    /// How many descriptors one message may carry.
    package static let descriptorCountMax = 64

    private let socket: OwnedDescriptor
    private var received: [UInt8] = []
    private var receivedStart = 0
    private var descriptors: [Int32] = []
    private var backlog = SendQueue()
    /// A request has arrived and waits until its reply can be sent.
    private var isHoldingRequest = false
    private var buffer = [UInt8](repeating: 0, count: 65536)

    package init(adopting socket: consuming OwnedDescriptor) {
        self.socket = socket
    }

    deinit {
        descriptors.forEach { close($0) }
    }

    package var descriptor: Int32 { socket.rawValue }

    /// Connects to the listener at a path.
    package convenience init(connectingTo path: String) throws(SystemError) {
        let descriptor = try Self.openSocket(flags: 0)
        try checked("connect to", path, rslab_connect_unix(descriptor.rawValue, path))
        self.init(adopting: descriptor)
    }

    /// Opens a listener at a path, which must not exist.
    ///
    /// It does not block.
    package static func listener(at path: String) throws(SystemError) -> OwnedDescriptor {
        let descriptor = try openSocket(flags: Int32(SOCK_NONBLOCK.rawValue))
        try checked("bind to", path, rslab_bind_unix(descriptor.rawValue, path))
        let raw = descriptor.rawValue
        _ = try systemCall("listen on", path) { listen(raw, 64) }
        return descriptor
    }

    /// The next connection of a listener; nil if there is none.
    ///
    /// The connection does not block when used in an event loop.
    package static func accept(from listener: Int32) throws(SystemError) -> MessageChannel? {
        do throws(SystemError) {
            let raw = try checked("accept", "local connection", rslab_accept(listener, 0))
            return MessageChannel(adopting: OwnedDescriptor(adopting: raw))
        } catch {
            guard error.code == EAGAIN || error.code == ECONNABORTED else { throw error }
            return nil
        }
    }

    /// Two connected ends.
    package static func pair() throws(SystemError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        _ = try systemCall("make", "socket pair") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        return DescriptorPair(near: OwnedDescriptor(adopting: ends[0]), far: OwnedDescriptor(adopting: ends[1]))
    }

    private static func openSocket(flags: Int32) throws(SystemError) -> OwnedDescriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | flags
        return OwnedDescriptor(adopting: try systemCall("open", "local socket") { Glibc.socket(AF_UNIX, type, 0) })
    }

    // MARK: Blocking use

    /// Sends one message and waits as long as necessary.
    package func send(_ message: [UInt8], descriptors: [Int32] = []) throws(SystemError) {
        // Send the backlog first, all of it: it may end in the middle of a frame.
        while !backlog.isEmpty {
            backlog.removeFirst(try sendOnce(backlog.unsent, descriptors: []))
        }
        let frame = Self.frame(message)
        guard descriptors.count < frame.count * Int(Self.descriptorCountMax) else {
            throw SystemError(operation: "send", subject: "message", code: E2BIG)
        }
        var unsent = descriptors[...]
        var start = 0
        while start < frame.count {
            // Descriptors travel with the first octets, as many per call as the kernel accepts.
            let attached = Array(unsent.prefix(Int(Self.descriptorCountMax)))
            unsent.removeFirst(attached.count)
            let end = unsent.isEmpty ? frame.count : start + 1
            start += try sendOnce(frame[start..<end], descriptors: attached)
        }
    }

    private func sendOnce(_ bytes: ArraySlice<UInt8>, descriptors: [Int32]) throws(SystemError) -> Int {
        let sent = bytes.withUnsafeBytes { bytes in
            rslab_send_with_descriptors(
                socket.rawValue, bytes.baseAddress, bytes.count, descriptors, Int32(descriptors.count))
        }
        return try checked("send", "message", sent)
    }

    /// Waits for the next message; nil if the peer closed.
    ///
    /// - Throws: ETIMEDOUT at the deadline.
    package func receive(until deadline: Instant) throws(SystemError) -> [UInt8]? {
        while true {
            if let message = try nextMessage() { return message }
            let isReadable = try checked(
                "wait for", "message", rslab_wait_readable_until(socket.rawValue, deadline.nanoseconds))
            guard isReadable > 0 else {
                throw SystemError(operation: "wait for", subject: "answer", code: ETIMEDOUT)
            }
            guard try readMore() else { return nil }
        }
    }

    // MARK: Use in an event loop

    /// Reads what has arrived.
    ///
    /// Returns false if the peer closed.
    package func readMore() throws(SystemError) -> Bool {
        var new = [Int32](repeating: -1, count: Self.descriptorCountMax)
        var newCount = Int32(Self.descriptorCountMax)
        let count = rslab_receive_with_descriptors(socket.rawValue, &buffer, buffer.count, &new, &newCount)
        descriptors.append(contentsOf: new.prefix(Int(newCount)))
        if count == -ECONNRESET { return false }
        guard count != -EAGAIN else { return true }
        try checked("receive", "message", count)
        received.append(contentsOf: buffer.prefix(count))
        return count > 0
    }

    /// The next complete message among the octets read.
    package func nextMessage() throws(SystemError) -> [UInt8]? {
        let available = received.count - receivedStart
        guard available >= 4 else { return nil }
        let length = received[receivedStart..<receivedStart + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.messageByteCountMax else {
            throw SystemError(operation: "receive", subject: "message", code: EMSGSIZE, detail: "\(length) octets")
        }
        guard available >= 4 + length else { return nil }
        let start = receivedStart + 4
        let message = Array(received[start..<start + length])
        receivedStart = start + length
        if receivedStart == received.count {
            received.removeAll(keepingCapacity: true)
            receivedStart = 0
        }
        return message
    }

    /// The next complete message, once its reply can be sent without waiting.
    ///
    /// A client that asks and does not read is not listened to until it reads: its replies would pile up.
    package func nextRequest() throws(SystemError) -> [UInt8]? {
        isHoldingRequest = hasBacklog || !canSend
        return isHoldingRequest ? nil : try nextMessage()
    }

    private var canSend: Bool {
        var state = pollfd(fd: socket.rawValue, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 0) == 1
    }

    /// What to wait for on the descriptor: for room if data or a request waits for it, otherwise for more to read.
    package var awaited: EventLoop.Readiness { hasBacklog || isHoldingRequest ? .writable : .readable }

    /// The next descriptor received, in the order they were sent.
    package func nextDescriptor() -> OwnedDescriptor? {
        descriptors.isEmpty ? nil : OwnedDescriptor(adopting: descriptors.removeFirst())
    }

    /// Queues a message and sends what can be sent without waiting.
    ///
    /// Returns false if the peer is gone or does not read: drop the channel then.
    package func enqueue(_ message: [UInt8]) -> Bool {
        backlog.append(Self.frame(message))
        return flush() && backlog.count <= Self.backlogByteCountMax
    }

    /// Whether data waits to be sent: if so, watch the descriptor for writability and call `flush`.
    package var hasBacklog: Bool { !backlog.isEmpty }

    /// Sends what can be sent without waiting; false if the peer is gone.
    package func flush() -> Bool {
        backlog.send(to: socket.rawValue) != nil
    }

    private static func frame(_ message: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: message.count + 4)
        writer.write(UInt32(message.count))
        writer.write(contentsOf: message)
        return writer.bytes
    }
}

/// A pair of descriptors: the two ends of a socket pair or of a pipe.
package struct DescriptorPair: ~Copyable, Sendable {
    package let near: OwnedDescriptor
    package let far: OwnedDescriptor

    package init(near: consuming OwnedDescriptor, far: consuming OwnedDescriptor) {
        self.near = near
        self.far = far
    }

    /// A pipe: read from `near`, write to `far`.
    package static func pipe() throws(SystemError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try checked("make", "pipe", rslab_pipe(&ends))
        return DescriptorPair(near: OwnedDescriptor(adopting: ends[0]), far: OwnedDescriptor(adopting: ends[1]))
    }
}
