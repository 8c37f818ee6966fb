// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

/// What is wrong with one attribute, and what RFC 7606 section 7 prescribes for it.
struct PathAttributeError: Error {
    enum Approach {
        case attributeDiscard, treatAsWithdraw, sessionReset
    }

    var approach: Approach
    var subcode: NotificationReason.UpdateSubcode
    var problem: String
}

/// Reads the attributes of one UPDATE and collects their errors.
struct PathAttributesDecoder {
    /// MP_REACH_NLRI.
    struct Reachable {
        var family: AddressFamily
        var nextHop: IPAddress
        var prefixes: [IPPrefix]
    }

    /// MP_UNREACH_NLRI.
    struct Unreachable {
        var family: AddressFamily
        var prefixes: [IPPrefix]
    }

    let options: CodecOptions
    private(set) var findings = UpdateFindings()
    /// The first error that makes the message a withdrawal, as the NOTIFICATION that RFC 4271 would have sent.
    private(set) var treatAsWithdraw: NotificationMessage?
    private(set) var hasAttributesBesidesUnreachable = false

    var origin: Origin?
    var asPath: ASPath?
    var nextHop: IPv4Address?
    var reachable: Reachable?
    var unreachable: Unreachable?
    var multiExitDiscriminator: UInt32?
    var localPreference: UInt32?
    var isAtomicAggregate = false
    var aggregator: Aggregator?
    var communities: [Community] = []
    var largeCommunities: [LargeCommunity] = []
    var as4Path: ASPath?
    var as4Aggregator: Aggregator?

    private var unrecognized: [UnrecognizedAttribute] = []
    /// Type codes seen so far, one bit each.
    private var seen = SIMD4<UInt64>.zero
    private var hasMultiprotocolReachable = false
    /// An error in NEXT_HOP waits until it is known whether NEXT_HOP is used.
    private var nextHopError: (error: PathAttributeError, octets: [UInt8])?

    init(options: CodecOptions) {
        self.options = options
    }

    /// Reads all attributes.
    ///
    /// Throws an error that ends the session.
    mutating func decode(_ reader: inout ByteReader) throws(NotificationMessage) {
        while !reader.isAtEnd {
            guard let header = Header(&reader) else {
                noteTreatAsWithdraw(
                    .init(.updateMessageError(.malformedAttributeList)), attributeType: nil,
                    problem: "the attributes end inside an attribute's header")
                return
            }
            guard header.octetCount <= reader.remainingByteCount else {
                // The last attribute runs past the end (RFC 7606 section 4).
                hasAttributesBesidesUnreachable =
                    hasAttributesBesidesUnreachable || header.type != .multiprotocolUnreachable
                guard !(header.type?.carriesPrefixes ?? false) else {
                    throw NotificationMessage(.updateMessageError(.optionalAttributeError))
                }
                noteTreatAsWithdraw(
                    .init(.updateMessageError(.malformedAttributeList)), attributeType: header.typeCode,
                    problem: "runs past the end of the attributes")
                return
            }
            try decodeAttribute(header, &reader)
        }
    }

    private mutating func decodeAttribute(_ header: Header, _ reader: inout ByteReader) throws(NotificationMessage) {
        var value: ByteReader
        do throws(TruncatedError) {
            value = try reader.readSubreader(header.octetCount)
        } catch {
            throw NotificationMessage(.updateMessageError(.malformedAttributeList))
        }
        if header.type != .multiprotocolUnreachable { hasAttributesBesidesUnreachable = true }
        let isFirst = markSeen(header.typeCode)
        guard isFirst else {
            // RFC 7606 section 3 g.
            guard !(header.type?.carriesPrefixes ?? false) else {
                throw NotificationMessage(.updateMessageError(.malformedAttributeList))
            }
            note(.attributeDiscard, attributeType: header.typeCode, "appears more than once")
            return
        }
        let whole = value
        guard let type = header.type else {
            try keepUnrecognized(header, &value)
            return
        }
        if type == .multiprotocolReachable { hasMultiprotocolReachable = true }
        do throws(PathAttributeError) {
            try checkFlags(header, type)
            try decodeValue(type, &value)
        } catch {
            let octets = header.octets(value: whole)
            if type == .nextHop, error.approach == .treatAsWithdraw {
                nextHopError = (error, octets)
            } else {
                try handle(error, attributeType: header.typeCode, octets: octets)
            }
        }
    }

    /// The Optional and Transitive bits (RFC 7606 section 3 c); a receiver ignores the other bits.
    private func checkFlags(_ header: Header, _ type: PathAttributeType) throws(PathAttributeError) {
        let mask = AttributeFlags.optional | AttributeFlags.transitive
        guard header.flags & mask != type.flags else { return }
        let approach: PathAttributeError.Approach =
            switch type {
            // RFC 7606 section 5.3: such an attribute is incorrect, and so are the prefixes inside.
            case .multiprotocolReachable, .multiprotocolUnreachable: .sessionReset
            // RFC 6793 section 6.
            case .as4Path, .as4Aggregator: .attributeDiscard
            // RFC 7606 section 7.5: discarded, whatever an external neighbour sends.
            case .localPreference where options.isExternal: .attributeDiscard
            default: .treatAsWithdraw
            }
        throw PathAttributeError(
            approach: approach, subcode: .attributeFlagsError,
            problem: "flags \(header.flags) conflict with the type")
    }

    /// Unknown attributes: RFC 4271 sections 5 and 9.
    private mutating func keepUnrecognized(
        _ header: Header, _ value: inout ByteReader
    ) throws(NotificationMessage) {
        guard header.flags & AttributeFlags.optional != 0 else {
            throw NotificationMessage(
                .updateMessageError(.unrecognizedWellKnownAttribute), data: header.octets(value: value))
        }
        // Not transitive: "quietly ignored" (RFC 4271 section 5).
        guard header.flags & AttributeFlags.transitive != 0 else { return }
        unrecognized.append(
            UnrecognizedAttribute(
                flags: (header.flags & ~AttributeFlags.extendedLength) | AttributeFlags.partial,
                typeCode: header.typeCode, value: value.readRemaining()))
    }

    private mutating func handle(
        _ error: PathAttributeError, attributeType: UInt8, octets: [UInt8]
    ) throws(NotificationMessage) {
        let notification = NotificationMessage(.updateMessageError(error.subcode), data: octets)
        switch error.approach {
        case .sessionReset: throw notification
        case .treatAsWithdraw:
            noteTreatAsWithdraw(notification, attributeType: attributeType, problem: error.problem)
        case .attributeDiscard: note(.attributeDiscard, attributeType: attributeType, error.problem)
        }
    }

    mutating func note(_ approach: UpdateFinding.Approach, attributeType: UInt8? = nil, _ problem: String) {
        findings.note(approach, attributeType: attributeType, problem)
    }

    private mutating func noteTreatAsWithdraw(
        _ notification: NotificationMessage, attributeType: UInt8?, problem: String
    ) {
        treatAsWithdraw = treatAsWithdraw ?? notification
        note(.treatAsWithdraw, attributeType: attributeType, problem)
    }

    private func hasSeen(_ typeCode: UInt8) -> Bool {
        seen[Int(typeCode >> 6)] >> UInt64(typeCode & 63) & 1 == 1
    }

    /// Returns false if it has been seen before.
    private mutating func markSeen(_ typeCode: UInt8) -> Bool {
        defer { seen[Int(typeCode >> 6)] |= 1 << UInt64(typeCode & 63) }
        return !hasSeen(typeCode)
    }
}

// MARK: - Attributes together

extension PathAttributesDecoder {
    /// Checks NEXT_HOP if it is used: it is ignored if only MP_REACH_NLRI announces (RFC 4760 section 3).
    mutating func checkNextHop(classicNLRI: Bool) {
        guard classicNLRI || !hasMultiprotocolReachable, let (error, octets) = nextHopError else { return }
        noteTreatAsWithdraw(
            NotificationMessage(.updateMessageError(error.subcode), data: octets),
            attributeType: PathAttributeType.nextHop.rawValue, problem: error.problem)
    }

    /// Checks that everything an announcement needs is present and valid.
    mutating func checkAnnouncement(classicNLRI: Bool) {
        requirePresence(of: .origin)
        requirePresence(of: .asPath)
        if classicNLRI { requirePresence(of: .nextHop) }
        mergeFourOctetAttributes()
        if let firstASN = options.firstASN, let asPath, asPath.first != firstASN {
            noteTreatAsWithdraw(
                NotificationMessage(.updateMessageError(.malformedASPath)),
                attributeType: PathAttributeType.asPath.rawValue,
                problem: "does not begin with the peer's AS \(firstASN)")  // RFC 7606 section 7.2
        }
        // RFC 4271 section 6.3 a: a semantic error, which affects only the routes.
        if let local = options.localAddress {
            let hops = [classicNLRI ? nextHop.map(IPAddress.v4) : nil, reachable?.nextHop]
            if hops.contains(local) {
                noteTreatAsWithdraw(
                    NotificationMessage(.updateMessageError(.invalidNextHopAttribute)),
                    attributeType: PathAttributeType.nextHop.rawValue, problem: "next hop \(local) is our own address")
            }
        }
    }

    /// RFC 7606 section 3 d.
    private mutating func requirePresence(of type: PathAttributeType) {
        guard !hasSeen(type.rawValue) else { return }
        noteTreatAsWithdraw(
            NotificationMessage(.updateMessageError(.missingWellKnownAttribute), data: [type.rawValue]),
            attributeType: type.rawValue, problem: "is missing")
    }

    /// Merges in AS4_PATH and AS4_AGGREGATOR from a two-octet peer (RFC 6793 section 4.2.3).
    private mutating func mergeFourOctetAttributes() {
        guard !options.fourOctetASN else { return }
        if let as4Aggregator, let old = aggregator {
            guard old.asn == .transition else { return }
            aggregator = as4Aggregator
        }
        if let as4Path, let asPath {
            self.asPath = asPath.merged(withAS4Path: as4Path)
        }
    }

    /// The attributes as one value; call this only if there was no error.
    func attributes(nextHop: IPAddress) -> PathAttributes? {
        guard let origin, let asPath else { return nil }
        return PathAttributes(
            origin: origin, asPath: asPath, nextHop: nextHop, multiExitDiscriminator: multiExitDiscriminator,
            localPreference: localPreference, isAtomicAggregate: isAtomicAggregate, aggregator: aggregator,
            communities: communities, largeCommunities: largeCommunities, unrecognized: unrecognized)
    }
}

// MARK: - An attribute's header

extension PathAttributesDecoder {
    /// Flags, type code and length of one attribute (RFC 4271 section 4.3).
    struct Header {
        var flags: UInt8
        var typeCode: UInt8
        /// The length of the value.
        var octetCount: Int

        /// Nil if fewer octets are left than a header has; part of them may then have been consumed.
        init?(_ reader: inout ByteReader) {
            do throws(TruncatedError) {
                flags = try reader.readUInt8()
                typeCode = try reader.readUInt8()
                let isExtended = flags & AttributeFlags.extendedLength != 0
                octetCount = isExtended ? Int(try reader.readUInt16()) : Int(try reader.readUInt8())
            } catch {
                return nil
            }
        }

        var type: PathAttributeType? { PathAttributeType(rawValue: typeCode) }

        /// The attribute as it was in the message: a NOTIFICATION includes it as erroneous (RFC 4271 section 6.3).
        func octets(value: ByteReader) -> [UInt8] {
            var value = value
            var writer = ByteWriter(capacity: 4 + octetCount)
            writer.write(flags)
            writer.write(typeCode)
            if flags & AttributeFlags.extendedLength != 0 {
                writer.write(UInt16(clamping: octetCount))
            } else {
                writer.write(UInt8(clamping: octetCount))
            }
            writer.write(contentsOf: value.readRemaining())
            return writer.bytes
        }
    }
}
