// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What a raw ICMP socket delivered: a reply to a probe, or an error that quotes one.
package struct ReceivedEcho: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case reply(EchoMessage)
        /// Destination unreachable, packet too big, time exceeded or parameter problem for an echo request.
        case unreachable(type: UInt8, code: UInt8, quoted: QuotedEcho)
    }

    /// The echo request that an ICMP error quotes.
    package struct QuotedEcho: Hashable, Sendable {
        /// The request's destination.
        package var destination: IPAddress
        package var identifier: UInt16
        /// The low 16 bits of the sequence number.
        package var shortSequence: UInt16
        /// The whole message, if the error quotes that much.
        ///
        /// RFC 792 requires 8 octets after the IP header, RFC 1812 section 4.3.2.3 as much as fits in 576.
        package var message: EchoMessage?
    }

    package var source: IPAddress
    package var timeToLive: UInt8
    package var content: Content

    /// The echo message received, or quoted by an error, if it is complete.
    package var message: EchoMessage? {
        switch content {
        case .reply(let reply): reply
        case .unreachable(_, _, let quoted): quoted.message
        }
    }

    /// The stream and the sequence number, if this is about a probe of the run with that cookie; nil otherwise.
    package func probe(ofRun cookie: UInt64) -> (stream: ProbeStream, sequence: UInt64)? {
        guard let message, message.isOfRun(cookie) else { return nil }
        return (message.stream, message.sequence)
    }

    /// Decodes a datagram that begins with its IPv4 header, as a raw socket delivers it.
    ///
    /// Octets after the header's total length are ignored. Does not allocate.
    /// - Throws: every case of `ProbeCodecError` that is not about records; `unexpectedType` for echo requests and
    ///   other messages that are not an answer.
    package init(decodingIPv4 packet: RawSpan) throws(ProbeCodecError) {
        let header = try IPv4Header(packet, isQuoted: false)
        let message = packet.extracting(header.byteCount..<header.totalByteCount)
        guard message.byteCount >= EchoMessage.headerByteCount else {
            throw .truncated(
                neededByteCount: EchoMessage.headerByteCount, availableByteCount: message.byteCount)
        }
        // A raw socket gets the message before the kernel has verified it.
        guard InternetChecksum.of(message) == 0 else { throw .checksum }
        source = .v4(header.source)
        timeToLive = header.timeToLive
        let (type, code) = (message[0], message[1])
        switch type {
        case EchoMessage.replyType(.ipv4) where code == 0:
            content = .reply(try Self.decodeEcho(message))
        case 3, 11, 12:
            let quoted = message.extracting(EchoMessage.headerByteCount..<message.byteCount)
            content = .unreachable(type: type, code: code, quoted: try Self.decodeQuoted(quoted))
        default:
            throw .unexpectedType(type, code: code)
        }
    }

    /// Decodes an ICMPv6 message as a raw socket delivers it.
    ///
    /// That is without the IPv6 header, whose source and hop limit come separately, and with the checksum verified (RFC
    /// 3542 section 3.1).
    ///
    /// Does not allocate.
    /// - Throws: as `init(decodingIPv4:)`.
    package init(
        decodingICMPv6 message: RawSpan, from source: IPAddress, hopLimit: UInt8
    ) throws(ProbeCodecError) {
        guard message.byteCount >= EchoMessage.headerByteCount else {
            throw .truncated(
                neededByteCount: EchoMessage.headerByteCount, availableByteCount: message.byteCount)
        }
        self.source = source
        timeToLive = hopLimit
        let (type, code) = (message[0], message[1])
        switch type {
        case EchoMessage.replyType(.ipv6) where code == 0:
            content = .reply(try Self.decodeEcho(message))
        case 1...4:
            let quoted = message.extracting(EchoMessage.headerByteCount..<message.byteCount)
            content = .unreachable(type: type, code: code, quoted: try Self.decodeQuotedIPv6(quoted))
        default:
            throw .unexpectedType(type, code: code)
        }
    }

    private static func decodeEcho(_ message: RawSpan) throws(ProbeCodecError) -> EchoMessage {
        do {
            var reader = ByteReader(message)
            try reader.skip(4)
            return try EchoMessage(decodingBehindChecksum: &reader)
        } catch {
            throw ProbeCodecError(error)
        }
    }

    private static func decodeQuoted(_ quoted: RawSpan) throws(ProbeCodecError) -> QuotedEcho {
        let header = try IPv4Header(quoted, isQuoted: true)
        let message = quoted.extracting(header.byteCount..<header.totalByteCount)
        return try decodeQuotedEcho(message, to: .v4(header.destination))
    }

    private static func decodeQuotedIPv6(_ quoted: RawSpan) throws(ProbeCodecError) -> QuotedEcho {
        let header = try IPv6Header(quoted)
        let message = quoted.extracting(IPv6Header.byteCount..<quoted.byteCount)
        return try decodeQuotedEcho(message, to: .v6(header.destination))
    }

    private static func decodeQuotedEcho(
        _ message: RawSpan, to destination: IPAddress
    ) throws(ProbeCodecError) -> QuotedEcho {
        guard message.byteCount >= EchoMessage.headerByteCount else {
            throw .truncated(
                neededByteCount: EchoMessage.headerByteCount, availableByteCount: message.byteCount)
        }
        guard message[0] == EchoMessage.requestType(destination.family), message[1] == 0 else {
            throw .unexpectedType(message[0], code: message[1])
        }
        return QuotedEcho(
            destination: destination,
            identifier: UInt16(message[4]) << 8 | UInt16(message[5]),
            shortSequence: UInt16(message[6]) << 8 | UInt16(message[7]),
            message: message.byteCount >= EchoMessage.minimumByteCount ? try decodeEcho(message) : nil)
    }
}

/// The parts of an IPv4 header (RFC 791 section 3.1) that the prober needs.
private struct IPv4Header {
    var byteCount: Int
    /// The length of the header and what follows, never more than is there.
    var totalByteCount: Int
    var timeToLive: UInt8
    var source: IPv4Address
    var destination: IPv4Address

    /// A quoted datagram may be truncated, so its total length says nothing about what is there.
    init(_ packet: RawSpan, isQuoted: Bool) throws(ProbeCodecError) {
        let fields: Fields
        do {
            var reader = ByteReader(packet)
            fields = try Fields(reading: &reader)
        } catch {
            throw ProbeCodecError(error)
        }
        guard fields.versionAndLength >> 4 == 4 else { throw .notIPv4(version: fields.versionAndLength >> 4) }
        byteCount = Int(fields.versionAndLength & 15) * 4
        guard byteCount >= 20 else { throw .headerLength(byteCount: byteCount) }
        // More fragments, or an offset: bits 13 and 12...0; bit 14 is "don't fragment".
        guard fields.fragment & 0x3FFF == 0 else { throw .fragment }
        guard fields.ipProtocol == 1 else { throw .notICMP(ipProtocol: fields.ipProtocol) }
        let totalLength = Int(fields.totalLength)
        totalByteCount = isQuoted ? min(max(totalLength, byteCount), packet.byteCount) : totalLength
        guard totalByteCount >= byteCount, totalByteCount <= packet.byteCount else {
            throw .truncated(
                neededByteCount: max(totalLength, byteCount), availableByteCount: packet.byteCount)
        }
        timeToLive = fields.timeToLive
        source = IPv4Address(bits: fields.source)
        destination = IPv4Address(bits: fields.destination)
    }

    /// The fields of the fixed part, before they are interpreted.
    private struct Fields {
        var versionAndLength: UInt8
        var totalLength: UInt16
        var fragment: UInt16
        var timeToLive: UInt8
        var ipProtocol: UInt8
        var source: UInt32
        var destination: UInt32

        init(reading reader: inout ByteReader) throws(TruncatedError) {
            versionAndLength = try reader.readUInt8()
            try reader.skip(1)
            totalLength = try reader.readUInt16()
            try reader.skip(2)
            fragment = try reader.readUInt16()
            timeToLive = try reader.readUInt8()
            ipProtocol = try reader.readUInt8()
            try reader.skip(2)
            source = try reader.readUInt32()
            destination = try reader.readUInt32()
        }
    }
}

/// The parts of a quoted IPv6 header (RFC 8200 section 3) that the prober needs; it sends without extension headers.
private struct IPv6Header {
    static let byteCount = 40

    var destination: IPv6Address

    init(_ packet: RawSpan) throws(ProbeCodecError) {
        let (version, nextHeader): (UInt8, UInt8)
        do {
            var reader = ByteReader(packet)
            version = try reader.readUInt8() >> 4
            try reader.skip(5)
            nextHeader = try reader.readUInt8()
            try reader.skip(17)
            destination = IPv6Address(high: try reader.readUInt64(), low: try reader.readUInt64())
        } catch {
            throw ProbeCodecError(error)
        }
        guard version == 6 else { throw .notIPv6(version: version) }
        guard nextHeader == 58 else { throw .notICMP(ipProtocol: nextHeader) }
    }
}
