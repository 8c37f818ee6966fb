// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Glibc
package import LinuxSystem
package import WireFormat

/// A BGP peer over real TCP that a test plays octet by octet.
package final class RawBGPPeer: @unchecked Sendable {
    // Used by one thread at a time.

    private let socket: StreamSocket
    private let open: OpenMessage
    private var framer = MessageFramer()
    private var buffer = [UInt8](repeating: 0, count: 65536)
    /// The connection is over, or a NOTIFICATION came.
    package private(set) var hasEnded = false

    /// Begins to connect, in the namespace of the calling thread.
    package init(dialling server: IPAddress, asn: UInt32, holdTimeSeconds: UInt16) throws(SystemError) {
        socket = try StreamSocket.dial(address: server, port: 179, from: nil)
        open = OpenMessage(
            asn: ASN(asn), holdTimeSeconds: holdTimeSeconds, identifier: IPv4Address(bits: 0x0A09_0909),
            capabilities: [.multiprotocol(AFISAFI(unicast: .ipv4)), .fourOctetASN(ASN(asn))])
    }

    package func finishConnecting(until deadline: Instant) throws(SystemError) {
        wait(for: POLLOUT, until: deadline)
        let code = socket.connectionError()
        guard code == 0 else { throw SystemError(operation: "connect to", subject: "route server", code: code) }
    }

    /// Exchanges OPEN and KEEPALIVE.
    package func establish(until deadline: Instant) throws(SystemError) {
        try finishConnecting(until: deadline)
        _ = send(open.encoded())
        var isConfirmed = false
        while !isConfirmed, !hasEnded, Instant.now < deadline {
            wait(for: POLLIN, until: deadline)
            read { type, _ in
                if type == .open { _ = self.send(Message.encodedKeepalive) }
                if type == .keepalive { isConfirmed = true }
            }
        }
        guard isConfirmed else { throw SystemError(operation: "establish", subject: "session", code: ETIMEDOUT) }
    }

    /// Sends as much as is taken within a moment; nil if the connection is over.
    package func send(_ octets: [UInt8]) -> Int? {
        var start = 0
        while start < octets.count {
            let count = writeOnce(socket.descriptor.rawValue, octets, from: start)
            guard count >= 0 else { return nil }
            start += count
            if count == 0 { wait(for: POLLOUT, until: .now + .milliseconds(100)) }
        }
        return start
    }

    /// When KEEPALIVEs came; one is sent every 900 ms.
    package func keepalives(during duration: Duration) throws -> [Instant] {
        let end = Instant.now + duration
        var nextKeepalive = Instant.now
        var arrivals: [Instant] = []
        while Instant.now < end, !hasEnded {
            if Instant.now >= nextKeepalive {
                nextKeepalive = nextKeepalive + .milliseconds(900)
                _ = send(Message.encodedKeepalive)
            }
            wait(for: POLLIN, until: min(nextKeepalive, end))
            read { type, instant in if type == .keepalive { arrivals.append(instant) } }
        }
        return arrivals
    }

    private func read(_ body: (MessageType, Instant) -> Void) {
        switch readOnce(socket.descriptor.rawValue, into: &buffer) {
        case .nothingNow: return
        case .end, .failed: hasEnded = true
        case .octets(let count):
            let now = Instant.now
            let octets = Array(buffer.prefix(count))
            do {
                try framer.append(octets.span.bytes) { type, _ in
                    if type == .notification { self.hasEnded = true }
                    body(type, now)
                    return true
                }
            } catch {
                hasEnded = true
            }
        }
    }

    private func wait(for events: Int32, until deadline: Instant) {
        var state = pollfd(fd: socket.descriptor.rawValue, events: Int16(events), revents: 0)
        _ = poll(&state, 1, Int32(max(0, (deadline - .now).nanoseconds / 1_000_000 + 1)))
    }
}
