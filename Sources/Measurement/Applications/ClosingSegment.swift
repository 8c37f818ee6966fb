// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A TCP segment that ends a connection, and the fields that identify its sender.
package struct ClosingSegment: Hashable, Sendable {
    package var source: IPAddress
    package var timeToLive: UInt8
    /// RST rather than FIN (RFC 9293 section 3.1).
    package var isReset: Bool

    /// Reads an IPv4 packet (RFC 791) with a TCP segment.
    ///
    /// - Returns: nil for anything else, and for a segment with neither FIN nor RST.
    package init?(decodingIPv4 bytes: RawSpan) {
        guard bytes.byteCount >= 20, bytes[0] >> 4 == 4, bytes[9] == 6 else { return nil }
        let headerLength = Int(bytes[0] & 0x0F) * 4
        guard headerLength >= 20, bytes.byteCount > headerLength else { return nil }
        let source = (12..<16).reduce(0) { bits, offset in bits << 8 | UInt32(bytes[offset]) }
        self.init(
            decodingTCP: bytes.extracting(headerLength..<bytes.byteCount), from: .v4(IPv4Address(bits: source)),
            timeToLive: bytes[8])
    }

    /// Reads a TCP segment whose source and hop limit are given separately, as by a raw IPv6 socket.
    ///
    /// - Returns: nil for a segment with neither FIN nor RST.
    package init?(decodingTCP segment: RawSpan, from source: IPAddress, timeToLive: UInt8) {
        let flags = 13
        guard segment.byteCount > flags, segment[flags] & 0x05 != 0 else { return nil }
        self.source = source
        self.timeToLive = timeToLive
        isReset = segment[flags] & 0x04 != 0
    }
}
