// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

// The value of each attribute: its format is in RFC 4271 section 4.3, the handling of errors in RFC 7606 section 7.
extension PathAttributesDecoder {
    mutating func decodeValue(_ type: PathAttributeType, _ value: inout ByteReader) throws(PathAttributeError) {
        switch type {
        case .origin: origin = try readOrigin(&value)
        case .asPath: asPath = try readASPath(&value)
        case .nextHop: nextHop = try readNextHop(&value)
        case .multiExitDiscriminator: multiExitDiscriminator = try readUInt32(&value)
        case .localPreference: localPreference = try readLocalPreference(&value)
        case .atomicAggregate: isAtomicAggregate = try readAtomicAggregate(&value)
        case .aggregator: aggregator = try readAggregator(&value, octetsPerASN: options.fourOctetASN ? 4 : 2)
        case .communities: communities = try readCommunities(&value)
        case .largeCommunities: largeCommunities = try readLargeCommunities(&value)
        case .multiprotocolReachable: reachable = try readReachable(&value)
        case .multiprotocolUnreachable: unreachable = try readUnreachable(&value)
        case .as4Path: as4Path = try readAS4Path(&value)
        case .as4Aggregator: as4Aggregator = try readAS4Aggregator(&value)
        }
    }

    private func wrongLength(
        _ octetCount: Int, _ approach: PathAttributeError.Approach = .treatAsWithdraw
    ) -> PathAttributeError {
        PathAttributeError(
            approach: approach, subcode: .attributeLengthError, problem: "wrong length of \(octetCount) octets")
    }

    private func readUInt32(_ value: inout ByteReader) throws(PathAttributeError) -> UInt32 {
        let octetCount = value.remainingByteCount
        guard octetCount == 4 else { throw wrongLength(octetCount) }
        do { return try value.readUInt32() } catch { throw wrongLength(octetCount) }
    }

    private func readOrigin(_ value: inout ByteReader) throws(PathAttributeError) -> Origin {
        let octetCount = value.remainingByteCount
        guard octetCount == 1 else { throw wrongLength(octetCount) }
        let number: UInt8
        do { number = try value.readUInt8() } catch { throw wrongLength(octetCount) }
        guard let origin = Origin(rawValue: number) else {
            throw PathAttributeError(
                approach: .treatAsWithdraw, subcode: .invalidOriginAttribute, problem: "undefined ORIGIN \(number)")
        }
        return origin
    }

    private func readNextHop(_ value: inout ByteReader) throws(PathAttributeError) -> IPv4Address {
        let address = IPv4Address(bits: try readUInt32(&value))
        // "a valid IP host address" (RFC 4271 section 6.3): not this host, loopback, multicast or reserved.
        let firstOctet = address.bits >> 24
        guard firstOctet != 0, firstOctet != 127, firstOctet < 224 else {
            throw PathAttributeError(
                approach: .treatAsWithdraw, subcode: .invalidNextHopAttribute,
                problem: "\(address) is not the address of a host")
        }
        return address
    }

    private func readLocalPreference(_ value: inout ByteReader) throws(PathAttributeError) -> UInt32? {
        guard !options.isExternal else {
            // RFC 7606 section 7.5.
            throw PathAttributeError(
                approach: .attributeDiscard, subcode: .unspecific, problem: "LOCAL_PREF from an external peer")
        }
        return try readUInt32(&value)
    }

    private func readAtomicAggregate(_ value: inout ByteReader) throws(PathAttributeError) -> Bool {
        guard value.isAtEnd else { throw wrongLength(value.remainingByteCount, .attributeDiscard) }
        return true
    }

    private func readAggregator(
        _ value: inout ByteReader, octetsPerASN: Int
    ) throws(PathAttributeError) -> Aggregator {
        let octetCount = value.remainingByteCount
        guard octetCount == octetsPerASN + 4 else { throw wrongLength(octetCount, .attributeDiscard) }
        let aggregator: Aggregator
        do throws(TruncatedError) {
            let asn = octetsPerASN == 4 ? ASN(try value.readUInt32()) : ASN(UInt32(try value.readUInt16()))
            aggregator = Aggregator(asn: asn, routerID: IPv4Address(bits: try value.readUInt32()))
        } catch {
            throw wrongLength(octetCount, .attributeDiscard)
        }
        guard aggregator.asn.value != 0 else {
            // RFC 7607 section 2.
            throw PathAttributeError(
                approach: .attributeDiscard, subcode: .optionalAttributeError, problem: "AS 0")
        }
        return aggregator
    }

    private func readCommunities(_ value: inout ByteReader) throws(PathAttributeError) -> [Community] {
        let octetCount = value.remainingByteCount
        // RFC 7606 section 7.8.
        guard octetCount > 0, octetCount.isMultiple(of: 4) else { throw wrongLength(octetCount) }
        var communities: [Community] = []
        communities.reserveCapacity(octetCount / 4)
        do throws(TruncatedError) {
            while !value.isAtEnd { communities.append(Community(try value.readUInt32())) }
        } catch {
            throw wrongLength(octetCount)
        }
        return communities
    }

    private func readLargeCommunities(_ value: inout ByteReader) throws(PathAttributeError) -> [LargeCommunity] {
        let octetCount = value.remainingByteCount
        // RFC 8092 section 6.
        guard octetCount > 0, octetCount.isMultiple(of: 12) else { throw wrongLength(octetCount) }
        var communities: [LargeCommunity] = []
        communities.reserveCapacity(octetCount / 12)
        do throws(TruncatedError) {
            while !value.isAtEnd {
                let community = LargeCommunity(
                    globalAdministrator: try value.readUInt32(), localData1: try value.readUInt32(),
                    localData2: try value.readUInt32())
                // "Silently removed" duplicates (RFC 8092 section 5).
                if !communities.contains(community) { communities.append(community) }
            }
        } catch {
            throw wrongLength(octetCount)
        }
        return communities
    }
}

// MARK: - AS_PATH

extension PathAttributesDecoder {
    private static let confederationSegmentTypes: ClosedRange<UInt8> = 3...4

    private func readASPath(_ value: inout ByteReader) throws(PathAttributeError) -> ASPath {
        // Confederation segments are as invalid here as unknown ones: this speaker is in no confederation (RFC 5065
        // section 5.3).
        let segments = try readSegments(&value, octetsPerASN: options.fourOctetASN ? 4 : 2, approach: .treatAsWithdraw)
        return ASPath(segments: segments.known)
    }

    private mutating func readAS4Path(_ value: inout ByteReader) throws(PathAttributeError) -> ASPath? {
        guard !options.fourOctetASN else {
            // RFC 6793 section 6: invalid between two speakers with four-octet numbers.
            throw PathAttributeError(
                approach: .attributeDiscard, subcode: .optionalAttributeError, problem: "from a four-octet peer")
        }
        guard value.remainingByteCount >= 6 else { throw wrongLength(value.remainingByteCount, .attributeDiscard) }
        let segments = try readSegments(&value, octetsPerASN: 4, approach: .attributeDiscard)
        if segments.hasConfederation {
            note(
                .attributeDiscard, attributeType: PathAttributeType.as4Path.rawValue,
                "confederation segments taken out")
        }
        return ASPath(segments: segments.known)
    }

    private func readAS4Aggregator(_ value: inout ByteReader) throws(PathAttributeError) -> Aggregator? {
        guard !options.fourOctetASN else {
            throw PathAttributeError(
                approach: .attributeDiscard, subcode: .optionalAttributeError, problem: "from a four-octet peer")
        }
        return try readAggregator(&value, octetsPerASN: 4)
    }

    private struct Segments {
        var known: [ASPath.Segment] = []
        var hasConfederation = false
    }

    /// Reads path segments; `approach` also distinguishes AS_PATH (treat as withdraw) from AS4_PATH (discard).
    private func readSegments(
        _ value: inout ByteReader, octetsPerASN: Int, approach: PathAttributeError.Approach
    ) throws(PathAttributeError) -> Segments {
        var segments = Segments()
        var problem: String?
        do throws(TruncatedError) {
            while problem == nil, !value.isAtEnd {
                problem = try readSegment(&value, octetsPerASN, approach, into: &segments)
            }
        } catch {
            problem = "a segment runs past the end"
        }
        if let problem {
            throw PathAttributeError(approach: approach, subcode: .malformedASPath, problem: problem)
        }
        return segments
    }

    /// Reads one segment; returns what is wrong with it (RFC 7606 section 7.2).
    private func readSegment(
        _ value: inout ByteReader, _ octetsPerASN: Int, _ approach: PathAttributeError.Approach,
        into segments: inout Segments
    ) throws(TruncatedError) -> String? {
        let type = try value.readUInt8()
        let count = Int(try value.readUInt8())
        guard count > 0 else { return "a segment of length 0" }
        var numbers: [ASN] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count {
            numbers.append(ASN(octetsPerASN == 4 ? try value.readUInt32() : UInt32(try value.readUInt16())))
        }
        // RFC 7607 section 2.
        guard numbers.allSatisfy({ $0.value != 0 }) else { return "AS 0" }
        switch type {
        case 1: segments.known.append(.set(numbers))
        case 2: segments.known.append(.sequence(numbers))
        case Self.confederationSegmentTypes where approach == .attributeDiscard: segments.hasConfederation = true
        default: return "a segment of type \(type)"
        }
        return nil
    }
}

// MARK: - RFC 4760

extension PathAttributesDecoder {
    private func incorrect(_ problem: String) -> PathAttributeError {
        // RFC 4760 section 7, RFC 7606 sections 5.3 and 7.11.
        PathAttributeError(approach: .sessionReset, subcode: .optionalAttributeError, problem: problem)
    }

    private mutating func readReachable(_ value: inout ByteReader) throws(PathAttributeError) -> Reachable? {
        guard value.remainingByteCount >= 5 else { throw incorrect("MP_REACH_NLRI under 5 octets") }
        guard let family = try readFamily(&value, .multiprotocolReachable) else { return nil }
        let octets: [UInt8]
        do throws(TruncatedError) {
            octets = try value.readArray(Int(try value.readUInt8()))
            try value.skip(1)  // reserved
        } catch {
            throw incorrect("MP_REACH_NLRI ends before its prefixes")
        }
        // An IPv6 next hop may be followed by a link-local address, which is not used here (RFC 2545 section 3).
        let permitted = family == .ipv4 ? [4] : [16, 32]
        guard permitted.contains(octets.count), let nextHop = IPAddress(octets: octets.prefix(family.bitWidth / 8))
        else { throw incorrect("next hop of \(octets.count) octets") }
        return Reachable(family: family, nextHop: nextHop, prefixes: try readPrefixes(&value, family))
    }

    private mutating func readUnreachable(_ value: inout ByteReader) throws(PathAttributeError) -> Unreachable? {
        guard let family = try readFamily(&value, .multiprotocolUnreachable) else { return nil }
        return Unreachable(family: family, prefixes: try readPrefixes(&value, family))
    }

    private func readPrefixes(
        _ value: inout ByteReader, _ family: AddressFamily
    ) throws(PathAttributeError) -> [IPPrefix] {
        guard let prefixes = NetworkLayerReachability.decode(&value, family: family) else {
            throw incorrect("prefixes that do not fit \(family.rawValue)")
        }
        return prefixes
    }

    /// The family to continue with; nil for one that was not negotiated, which is skipped.
    private mutating func readFamily(
        _ value: inout ByteReader, _ type: PathAttributeType
    ) throws(PathAttributeError) -> AddressFamily? {
        let protocols: AFISAFI
        do throws(TruncatedError) {
            protocols = AFISAFI(afi: try value.readUInt16(), safi: try value.readUInt8())
        } catch {
            throw incorrect("ends before address family and subsequent address family")
        }
        if let family = protocols.unicastFamily, options.families.contains(family) { return family }
        note(.ignored, attributeType: type.rawValue, "\(protocols) was not negotiated")
        return nil
    }
}
