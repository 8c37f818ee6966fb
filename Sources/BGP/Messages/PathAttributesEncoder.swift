// SPDX-License-Identifier: MIT-0
import WireFormat

/// Writes path attributes in the order of their type codes (RFC 4271 section 5).
struct PathAttributesEncoder {
    let options: CodecOptions

    /// Writes everything but MP_REACH_NLRI, whose prefixes the caller has; NEXT_HOP only if the next hop is IPv4.
    func encode(_ attributes: PathAttributes, into writer: inout ByteWriter) {
        Self.writeHeader(.origin, octetCount: 1, into: &writer)
        writer.write(attributes.origin.rawValue)
        let segments = Self.splitSegments(attributes.asPath)
        writeASPath(segments, type: .asPath, octetsPerASN: options.fourOctetASN ? 4 : 2, into: &writer)
        if case .v4(let nextHop) = attributes.nextHop {
            Self.writeHeader(.nextHop, octetCount: 4, into: &writer)
            writer.write(nextHop.bits)
        }
        if let metric = attributes.multiExitDiscriminator {
            Self.writeHeader(.multiExitDiscriminator, octetCount: 4, into: &writer)
            writer.write(metric)
        }
        // "MUST NOT include this attribute in UPDATE messages [to] external peers" (RFC 4271 section 5.1.5).
        if let preference = attributes.localPreference, !options.isExternal {
            Self.writeHeader(.localPreference, octetCount: 4, into: &writer)
            writer.write(preference)
        }
        if attributes.isAtomicAggregate {
            Self.writeHeader(.atomicAggregate, octetCount: 0, into: &writer)
        }
        if let aggregator = attributes.aggregator { write(aggregator, into: &writer) }
        writeCommunities(attributes, into: &writer)
        if !options.fourOctetASN { writeFourOctetAttributes(attributes, segments, into: &writer) }
        for attribute in attributes.unrecognized {
            Self.writeHeader(
                flags: attribute.flags, typeCode: attribute.typeCode, octetCount: attribute.value.count, into: &writer)
            writer.write(contentsOf: attribute.value)
        }
    }

    private func writeCommunities(_ attributes: PathAttributes, into writer: inout ByteWriter) {
        if !attributes.communities.isEmpty {
            Self.writeHeader(.communities, octetCount: 4 * attributes.communities.count, into: &writer)
            for community in attributes.communities { writer.write(community.value) }
        }
        if !attributes.largeCommunities.isEmpty {
            Self.writeHeader(.largeCommunities, octetCount: 12 * attributes.largeCommunities.count, into: &writer)
            for community in attributes.largeCommunities {
                writer.write(community.globalAdministrator)
                writer.write(community.localData1)
                writer.write(community.localData2)
            }
        }
    }

    /// AS4_PATH and AS4_AGGREGATOR, which a peer with two-octet numbers passes on (RFC 6793 section 4.2.2).
    private func writeFourOctetAttributes(
        _ attributes: PathAttributes, _ segments: [ASPath.Segment], into writer: inout ByteWriter
    ) {
        if !attributes.asPath.fitsTwoOctets {
            writeASPath(segments, type: .as4Path, octetsPerASN: 4, into: &writer)
        }
        if let aggregator = attributes.aggregator, !aggregator.asn.fitsTwoOctets {
            Self.writeHeader(.as4Aggregator, octetCount: 8, into: &writer)
            writer.write(aggregator.asn.value)
            writer.write(aggregator.routerID.bits)
        }
    }

    private func write(_ aggregator: Aggregator, into writer: inout ByteWriter) {
        Self.writeHeader(.aggregator, octetCount: options.fourOctetASN ? 8 : 6, into: &writer)
        if options.fourOctetASN {
            writer.write(aggregator.asn.value)
        } else {
            writer.write(aggregator.asn.twoOctetValue)
        }
        writer.write(aggregator.routerID.bits)
    }

    private func writeASPath(
        _ segments: [ASPath.Segment], type: PathAttributeType, octetsPerASN: Int, into writer: inout ByteWriter
    ) {
        let octetCount = segments.reduce(0) { $0 + 2 + $1.numbers.count * octetsPerASN }
        Self.writeHeader(type, octetCount: octetCount, into: &writer)
        for segment in segments {
            writer.write(segment.typeCode)
            writer.write(UInt8(segment.numbers.count))
            for number in segment.numbers {
                if octetsPerASN == 4 {
                    writer.write(number.value)
                } else {
                    writer.write(number.twoOctetValue)
                }
            }
        }
    }

    /// Segments of 1 to 255 numbers, since the count is one octet.
    private static func splitSegments(_ path: ASPath) -> [ASPath.Segment] {
        path.segments.flatMap { segment in
            let numbers = segment.numbers
            return stride(from: 0, to: numbers.count, by: 255).map { start in
                let part = Array(numbers[start..<min(start + 255, numbers.count)])
                switch segment {
                case .sequence: return ASPath.Segment.sequence(part)
                case .set: return ASPath.Segment.set(part)
                }
            }
        }
    }
}

// MARK: - Headers

extension PathAttributesEncoder {
    static func writeHeader(_ type: PathAttributeType, octetCount: Int, into writer: inout ByteWriter) {
        writeHeader(flags: type.flags, typeCode: type.rawValue, octetCount: octetCount, into: &writer)
    }

    /// Writes a header; the length takes two octets only if necessary.
    static func writeHeader(flags: UInt8, typeCode: UInt8, octetCount: Int, into writer: inout ByteWriter) {
        if octetCount > 255 {
            writer.write(flags | AttributeFlags.extendedLength)
            writer.write(typeCode)
            writer.write(UInt16(clamping: octetCount))
        } else {
            writer.write(flags & ~AttributeFlags.extendedLength)
            writer.write(typeCode)
            writer.write(UInt8(octetCount))
        }
    }

    /// Writes a header whose length is filled in later; returns the offset of that length.
    static func beginExtended(_ type: PathAttributeType, into writer: inout ByteWriter) -> Int {
        writer.write(type.flags | AttributeFlags.extendedLength)
        writer.write(type.rawValue)
        writer.write(UInt16(0))
        return writer.count - 2
    }

    static func write(_ protocols: AFISAFI, into writer: inout ByteWriter) {
        writer.write(protocols.afi)
        writer.write(protocols.safi)
    }
}

extension ASN {
    /// The number, or AS_TRANS if it does not fit (RFC 6793 section 4.2.2).
    var twoOctetValue: UInt16 {
        UInt16(exactly: value) ?? UInt16(truncatingIfNeeded: ASN.transition.value)
    }
}
