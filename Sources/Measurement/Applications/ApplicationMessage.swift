// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A request of an application's client, and the reply to it.
///
/// A responder sends back what it received, as the echo service does (RFC 862), except for one field: the responder's
/// number, which is 0 in a request and identifies the sender of a reply.
package struct ApplicationMessage: Hashable, Sendable {
    /// The length of every message: 0...7 the cookie, 8...15 the sequence number, 16 and 17 the responder's number,
    /// 18...23 unused (zero); in network byte order.
    package static let byteCount = 24
    private static let responderOffset = 16

    /// Distinguishes this run's messages from others'.
    package var cookie: UInt64
    package var sequence: UInt64
    package var responder: UInt16

    package init(cookie: UInt64, sequence: UInt64, responder: UInt16 = 0) {
        self.cookie = cookie
        self.sequence = sequence
        self.responder = responder
    }

    /// Appends the message's octets.
    package func encode(into writer: inout ByteWriter) {
        writer.write(cookie)
        writer.write(sequence)
        writer.write(responder)
        writer.write(repeating: 0, count: 6)
    }

    /// Reads the next message.
    ///
    /// - Throws: `TruncatedError` if fewer octets are left.
    package init(decoding reader: inout ByteReader) throws(TruncatedError) {
        guard reader.remainingByteCount >= Self.byteCount else {
            throw TruncatedError(neededByteCount: Self.byteCount, availableByteCount: reader.remainingByteCount)
        }
        cookie = try reader.readUInt64()
        sequence = try reader.readUInt64()
        responder = try reader.readUInt16()
        try reader.skip(6)
    }

    /// Turns the whole messages at the beginning of `bytes` into replies: writes the responder's number into each.
    ///
    /// - Returns: how many octets those messages have.
    package static func answer(_ bytes: inout [UInt8], count: Int, as responder: UInt16) -> Int {
        let whole = min(count, bytes.count) / byteCount * byteCount
        for start in stride(from: 0, to: whole, by: byteCount) {
            bytes[start + responderOffset] = UInt8(truncatingIfNeeded: responder >> 8)
            bytes[start + responderOffset + 1] = UInt8(truncatingIfNeeded: responder)
        }
        return whole
    }
}
