// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An UPDATE that cannot be encoded.
package enum UpdateEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The attributes leave no room for a prefix in 4096 octets.
    case attributesTooLong(octetCount: Int)
    /// An announcement has no attributes, or a next hop of another family (RFC 8950 is not negotiated).
    case noNextHop(AddressFamily)

    package var description: String {
        switch self {
        case .attributesTooLong(let octetCount): "attributes of \(octetCount) octets leave no room for a prefix"
        case .noNextHop(let family): "no next hop of family \(family.rawValue)"
        }
    }
}

extension UpdateMessage {
    /// The complete messages for this update, each at most 4096 octets long; empty if there is nothing to say.
    ///
    /// A message carries either withdrawals or announcements, of one family, with MP_REACH_NLRI or MP_UNREACH_NLRI as
    /// the first attribute (RFC 7606 section 5.1).
    package func encodedMessages(options: CodecOptions) throws(UpdateEncodingError) -> [[UInt8]] {
        if let endOfRIB { return [Self.encodedEndOfRIB(endOfRIB)] }
        var encoder = UpdateEncoder(options: options)
        for family in AddressFamily.allCases {
            encoder.encodeWithdrawals(withdrawn.filter { $0.family == family }, family)
        }
        for family in AddressFamily.allCases {
            let prefixes = announced.filter { $0.family == family }
            guard !prefixes.isEmpty else { continue }
            guard let attributes, attributes.nextHop.family == family else { throw .noNextHop(family) }
            try encoder.encodeAnnouncements(prefixes, attributes)
        }
        return encoder.messages
    }

    private static func encodedEndOfRIB(_ family: AddressFamily) -> [UInt8] {
        var writer = ByteWriter(capacity: 30)
        let start = MessageHeader.begin(.update, into: &writer)
        writer.write(UInt16(0))
        switch family {
        case .ipv4:
            writer.write(UInt16(0))
        case .ipv6:
            writer.write(UInt16(6))
            PathAttributesEncoder.writeHeader(.multiprotocolUnreachable, octetCount: 3, into: &writer)
            PathAttributesEncoder.write(AFISAFI(unicast: family), into: &writer)
        }
        MessageHeader.finish(at: start, in: &writer)
        return writer.bytes
    }
}

/// Fills messages with prefixes, up to 4096 octets each.
private struct UpdateEncoder {
    let options: CodecOptions
    var messages: [[UInt8]] = []
    private var writer = ByteWriter(capacity: MessageHeader.maximumMessageOctetCount)

    init(options: CodecOptions) {
        self.options = options
    }

    mutating func encodeWithdrawals(_ prefixes: [IPPrefix], _ family: AddressFamily) {
        var rest = prefixes[...]
        while !rest.isEmpty {
            writer.removeAll()
            let start = MessageHeader.begin(.update, into: &writer)
            switch family {
            case .ipv4:
                let lengthOffset = writer.count
                writer.write(UInt16(0))
                // After the prefixes come two more octets: the length of no attributes.
                fill(from: &rest, keepingFree: 2)
                overwriteLength(at: lengthOffset)
                writer.write(UInt16(0))
            case .ipv6:
                writer.write(UInt16(0))
                let attributesOffset = writer.count
                writer.write(UInt16(0))
                let valueOffset = PathAttributesEncoder.beginExtended(.multiprotocolUnreachable, into: &writer)
                PathAttributesEncoder.write(AFISAFI(unicast: family), into: &writer)
                fill(from: &rest, keepingFree: 0)
                overwriteLength(at: valueOffset)
                overwriteLength(at: attributesOffset)
            }
            MessageHeader.finish(at: start, in: &writer)
            messages.append(writer.bytes)
        }
    }

    mutating func encodeAnnouncements(
        _ prefixes: [IPPrefix], _ attributes: PathAttributes
    ) throws(UpdateEncodingError) {
        let family = attributes.nextHop.family
        var block = ByteWriter(capacity: 128)
        PathAttributesEncoder(options: options).encode(attributes, into: &block)
        var rest = prefixes[...]
        while !rest.isEmpty {
            writer.removeAll()
            let start = MessageHeader.begin(.update, into: &writer)
            writer.write(UInt16(0))
            let attributesOffset = writer.count
            writer.write(UInt16(0))
            let count = rest.count
            switch family {
            case .ipv4:
                writer.write(contentsOf: block.bytes)
                overwriteLength(at: attributesOffset)
                fill(from: &rest, keepingFree: 0)
            case .ipv6:
                let valueOffset = PathAttributesEncoder.beginExtended(.multiprotocolReachable, into: &writer)
                PathAttributesEncoder.write(AFISAFI(unicast: family), into: &writer)
                writer.write(UInt8(16))
                writer.write(contentsOf: attributes.nextHop.octets)
                writer.write(UInt8(0))
                fill(from: &rest, keepingFree: block.count)
                overwriteLength(at: valueOffset)
                writer.write(contentsOf: block.bytes)
                overwriteLength(at: attributesOffset)
            }
            guard rest.count < count else { throw .attributesTooLong(octetCount: block.count) }
            MessageHeader.finish(at: start, in: &writer)
            messages.append(writer.bytes)
        }
    }

    /// Takes prefixes from the front as long as the message has room for them.
    private mutating func fill(from rest: inout ArraySlice<IPPrefix>, keepingFree reserve: Int) {
        let limit = MessageHeader.maximumMessageOctetCount - reserve
        while let prefix = rest.first, writer.count + NetworkLayerReachability.encodedOctetCount(prefix) <= limit {
            NetworkLayerReachability.encode(prefix, into: &writer)
            rest.removeFirst()
        }
    }

    /// Writes at `offset`, into a two-octet length field, how many octets follow it.
    private mutating func overwriteLength(at offset: Int) {
        writer.overwrite(UInt16(clamping: writer.count - offset - 2), at: offset)
    }
}
