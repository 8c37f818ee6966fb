// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The path attributes of one route (RFC 4271 section 5).
///
/// `nextHop` holds the next hop of either family; the codec decides whether it travels as NEXT_HOP or inside
/// MP_REACH_NLRI (RFC 4760).
package struct PathAttributes: Hashable, Sendable, Codable {
    package var origin: Origin
    package var asPath: ASPath
    package var nextHop: IPAddress
    /// MULTI_EXIT_DISC.
    package var multiExitDiscriminator: UInt32?
    package var localPreference: UInt32?
    package var isAtomicAggregate: Bool
    package var aggregator: Aggregator?
    /// RFC 1997, in wire order.
    package var communities: [Community]
    /// RFC 8092.
    package var largeCommunities: [LargeCommunity]
    /// Optional transitive attributes unknown to this implementation; passed on with the Partial bit set.
    package var unrecognized: [UnrecognizedAttribute]

    package init(
        origin: Origin, asPath: ASPath, nextHop: IPAddress, multiExitDiscriminator: UInt32? = nil,
        localPreference: UInt32? = nil, isAtomicAggregate: Bool = false, aggregator: Aggregator? = nil,
        communities: [Community] = [], largeCommunities: [LargeCommunity] = [],
        unrecognized: [UnrecognizedAttribute] = []
    ) {
        self.origin = origin
        self.asPath = asPath
        self.nextHop = nextHop
        self.multiExitDiscriminator = multiExitDiscriminator
        self.localPreference = localPreference
        self.isAtomicAggregate = isAtomicAggregate
        self.aggregator = aggregator
        self.communities = communities
        self.largeCommunities = largeCommunities
        self.unrecognized = unrecognized
    }
}

/// ORIGIN (RFC 4271 section 5.1.1).
///
/// Lower is preferred.
package enum Origin: UInt8, Hashable, Comparable, Sendable, Codable {
    case igp = 0
    case egp = 1
    case incomplete = 2

    package static func < (left: Origin, right: Origin) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// AS_PATH (RFC 4271 section 5.1.2), always with four-octet numbers.
package struct ASPath: Hashable, Sendable, Codable {
    package enum Segment: Hashable, Sendable, Codable {
        case sequence([ASN])
        case set([ASN])
    }

    package var segments: [Segment]

    package init(segments: [Segment] = []) {
        self.segments = segments
    }

    package init(sequence: [ASN]) {
        segments = sequence.isEmpty ? [] : [.sequence(sequence)]
    }

    /// The length that path selection compares: a set counts as one (RFC 4271 section 9.1.2.2 a).
    package var length: Int {
        segments.reduce(0) { total, segment in
            switch segment {
            case .sequence(let numbers): total + numbers.count
            case .set: total + 1
            }
        }
    }
}

/// AGGREGATOR (RFC 4271 section 5.1.7).
package struct Aggregator: Hashable, Sendable, Codable {
    package var asn: ASN
    package var routerID: IPv4Address

    package init(asn: ASN, routerID: IPv4Address) {
        self.asn = asn
        self.routerID = routerID
    }
}

/// A community of RFC 1997: the AS in the upper half, its value in the lower.
package struct Community: Hashable, Sendable, Codable {
    package var value: UInt32

    package init(_ value: UInt32) {
        self.value = value
    }
}

/// A large community of RFC 8092.
package struct LargeCommunity: Hashable, Sendable, Codable {
    package var globalAdministrator: UInt32
    package var localData1: UInt32
    package var localData2: UInt32

    package init(globalAdministrator: UInt32, localData1: UInt32, localData2: UInt32) {
        self.globalAdministrator = globalAdministrator
        self.localData1 = localData1
        self.localData2 = localData2
    }
}

/// An attribute that is passed on without being understood.
package struct UnrecognizedAttribute: Hashable, Sendable, Codable {
    package var flags: UInt8
    package var typeCode: UInt8
    package var value: [UInt8]

    package init(flags: UInt8, typeCode: UInt8, value: [UInt8]) {
        self.flags = flags
        self.typeCode = typeCode
        self.value = value
    }
}
