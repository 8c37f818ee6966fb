// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

extension OpenMessage {
    private static let capabilitiesParameter: UInt8 = 2
    /// Announces two-octet lengths (RFC 9072 section 2).
    private static let extendedLengthParameter: UInt8 = 255

    /// Decodes and checks a message body (RFC 4271 section 6.2).
    ///
    /// Throws the NOTIFICATION for a version other than 4, AS 0 (RFC 7607), a hold time of 1 or 2 s, identifier 0
    /// (RFC 6286), and optional parameters that are unknown or malformed.
    package init(decodingBody body: RawSpan) throws(NotificationMessage) {
        var reader = ByteReader(body)
        let myAutonomousSystem: UInt16
        do throws(TruncatedError) {
            version = try reader.readUInt8()
            myAutonomousSystem = try reader.readUInt16()
            holdTimeSeconds = try reader.readUInt16()
            identifier = IPv4Address(bits: try reader.readUInt32())
        } catch {
            throw .badLength(bodyOctetCount: body.byteCount)
        }
        guard version == Self.supportedVersion else {
            throw NotificationMessage(
                .openMessageError(.unsupportedVersionNumber), data: [0, Self.supportedVersion])
        }
        capabilities = try Self.decodeParameters(&reader)
        asn = ASN(UInt32(myAutonomousSystem))
        for case .fourOctetASN(let number) in capabilities { asn = number }
        guard asn.value != 0 else { throw NotificationMessage(.openMessageError(.badPeerAS)) }
        guard !(1...2).contains(holdTimeSeconds) else {
            throw NotificationMessage(.openMessageError(.unacceptableHoldTime))
        }
        guard identifier != .any else { throw NotificationMessage(.openMessageError(.badBGPIdentifier)) }
    }

    private static func decodeParameters(_ reader: inout ByteReader) throws(NotificationMessage) -> [Capability] {
        var capabilities: [Capability] = []
        var unsupported = false
        do throws(TruncatedError) {
            var octetCount = Int(try reader.readUInt8())
            var isExtended = false
            var ahead = reader
            if octetCount > 0, try ahead.readUInt8() == extendedLengthParameter {
                isExtended = true
                octetCount = Int(try ahead.readUInt16())
                reader = ahead
            }
            // A length that does not lead to the end of the message counts as truncated.
            guard octetCount == reader.remainingByteCount else {
                throw TruncatedError(
                    neededByteCount: octetCount, availableByteCount: reader.remainingByteCount)
            }
            while !reader.isAtEnd {
                let type = try reader.readUInt8()
                let length = isExtended ? Int(try reader.readUInt16()) : Int(try reader.readUInt8())
                var value = try reader.readSubreader(length)
                guard type == capabilitiesParameter else {
                    unsupported = true
                    continue
                }
                while !value.isAtEnd { capabilities.append(try Capability(&value)) }
            }
        } catch {
            throw NotificationMessage(.openMessageError(.unspecific))
        }
        guard !unsupported else { throw NotificationMessage(.openMessageError(.unsupportedOptionalParameter)) }
        return capabilities
    }

    /// The whole message, with the encoding of RFC 9072 if its parameters exceed 255 octets.
    package func encoded() -> [UInt8] {
        let values = capabilities.map(\.encoded)
        let parameters = Self.encodedParameters(values, isExtended: false)
        let extended = parameters.count > 255 ? Self.encodedParameters(values, isExtended: true) : nil

        var writer = ByteWriter(capacity: 64)
        let start = MessageHeader.begin(.open, into: &writer)
        writer.write(version)
        writer.write(asn.twoOctetValue)
        writer.write(holdTimeSeconds)
        writer.write(identifier.bits)
        if let extended {
            writer.write(UInt8(255))
            writer.write(Self.extendedLengthParameter)
            writer.write(UInt16(clamping: extended.count))
            writer.write(contentsOf: extended)
        } else {
            writer.write(UInt8(parameters.count))
            writer.write(contentsOf: parameters)
        }
        MessageHeader.finish(at: start, in: &writer)
        return writer.bytes
    }

    /// One parameter for all capabilities if their length fits in one octet, otherwise one for each.
    private static func encodedParameters(_ values: [[UInt8]], isExtended: Bool) -> [UInt8] {
        let total = values.reduce(0) { $0 + $1.count }
        guard total > 0 else { return [] }
        var writer = ByteWriter(capacity: total + 8)
        for value in total <= 255 || isExtended ? [values.flatMap { $0 }] : values {
            writer.write(capabilitiesParameter)
            if isExtended {
                writer.write(UInt16(clamping: value.count))
            } else {
                writer.write(UInt8(clamping: value.count))
            }
            writer.write(contentsOf: value)
        }
        return writer.bytes
    }
}
