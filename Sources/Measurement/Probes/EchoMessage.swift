// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An echo request or reply of the prober (ICMP of RFC 792, ICMPv6 of RFC 4443), without the IP header.
///
/// The payload begins with the run's cookie, the full sequence number and the send instant, 8 octets each. A reply is
/// ours if it carries the cookie, and is matched by the full number: ICMP's own 16 bits wrap after a minute at 1 ms.
package struct EchoMessage: Hashable, Sendable {
    package var identifier: UInt16
    /// Random for each run, to recognize replies to another run or to a `ping`; its low 16 bits are the stream's number.
    package var cookie: UInt64
    package var sequence: UInt64
    package var sentAt: Instant

    package init(identifier: UInt16, cookie: UInt64, sequence: UInt64, sentAt: Instant) {
        self.identifier = identifier
        self.cookie = cookie
        self.sequence = sequence
        self.sentAt = sentAt
    }

    /// A probe of one of a run's streams; the stream's number is also in the identifier, for readers of packet captures.
    package init(cookie: UInt64, stream: ProbeStream, sequence: UInt64, sentAt: Instant) {
        self.init(
            identifier: stream.rawValue, cookie: cookie & ~Self.streamMask | UInt64(stream.rawValue),
            sequence: sequence,
            sentAt: sentAt)
    }

    private static let streamMask: UInt64 = 0xFFFF

    package var stream: ProbeStream { ProbeStream(rawValue: UInt16(truncatingIfNeeded: cookie)) }

    /// Whether this is a probe of the run with that cookie, whatever its stream.
    package func isOfRun(_ cookie: UInt64) -> Bool {
        (self.cookie ^ cookie) & ~Self.streamMask == 0
    }

    package static let headerByteCount = 8
    /// The header and the three numbers: the shortest message, and the meaningful part of a longer one.
    package static let minimumByteCount = headerByteCount + 24

    static func replyType(_ family: AddressFamily) -> UInt8 { family == .ipv4 ? 0 : 129 }
    static func requestType(_ family: AddressFamily) -> UInt8 { family == .ipv4 ? 8 : 128 }

    /// Writes an echo request that fills `buffer`.
    ///
    /// The buffer's length is the message's length: anything beyond 32 octets is zero padding. The checksum of an
    /// ICMPv6 message covers the packet's addresses (RFC 4443 section 2.3), so the sender fills it in: for a raw socket
    /// that is the kernel (RFC 3542 section 3.1). Does not allocate.
    /// - Throws: `bufferTooSmall`.
    package func encodeRequest(
        into buffer: inout MutableSpan<UInt8>, family: AddressFamily = .ipv4
    ) throws(ProbeCodecError) {
        try encode(type: Self.requestType(family), into: &buffer, family)
    }

    /// Writes the echo reply to this into `buffer`, as `encodeRequest` does.
    ///
    /// - Throws: `bufferTooSmall`.
    package func encodeReply(
        into buffer: inout MutableSpan<UInt8>, family: AddressFamily = .ipv4
    ) throws(ProbeCodecError) {
        try encode(type: Self.replyType(family), into: &buffer, family)
    }

    private func encode(
        type: UInt8, into buffer: inout MutableSpan<UInt8>, _ family: AddressFamily
    ) throws(ProbeCodecError) {
        guard buffer.count >= Self.minimumByteCount else {
            throw .bufferTooSmall(neededByteCount: Self.minimumByteCount)
        }
        buffer[0] = type
        buffer[1] = 0
        Self.store(0, byteCount: 2, at: 2, into: &buffer)
        Self.store(UInt64(identifier), byteCount: 2, at: 4, into: &buffer)
        Self.store(sequence, byteCount: 2, at: 6, into: &buffer)
        Self.store(cookie, byteCount: 8, at: 8, into: &buffer)
        Self.store(sequence, byteCount: 8, at: 16, into: &buffer)
        Self.store(UInt64(bitPattern: sentAt.nanoseconds), byteCount: 8, at: 24, into: &buffer)
        for offset in Self.minimumByteCount..<buffer.count {
            buffer[offset] = 0
        }
        guard family == .ipv4 else { return }
        // RFC 792: the checksum covers the whole ICMP message, with the checksum field taken as zero.
        // `bytes` counts as unsafe because a type may have uninitialized padding; UInt8 has none.
        let checksum = unsafe InternetChecksum.of(buffer.span.bytes)
        Self.store(UInt64(checksum), byteCount: 2, at: 2, into: &buffer)
    }

    private static func store(
        _ value: UInt64, byteCount: Int, at offset: Int, into buffer: inout MutableSpan<UInt8>
    ) {
        for index in 0..<byteCount {
            buffer[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (byteCount - 1 - index)))
        }
    }

    /// The numbers after type, code and checksum, which the caller has checked.
    init(decodingBehindChecksum reader: inout ByteReader) throws(TruncatedError) {
        identifier = try reader.readUInt16()
        _ = try reader.readUInt16()
        cookie = try reader.readUInt64()
        sequence = try reader.readUInt64()
        sentAt = Instant(nanoseconds: Int64(bitPattern: try reader.readUInt64()))
    }
}
