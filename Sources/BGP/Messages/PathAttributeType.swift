// SPDX-License-Identifier: MIT-0

/// The path attributes that this speaker understands, with their type codes.
enum PathAttributeType: UInt8 {
    case origin = 1
    case asPath = 2
    case nextHop = 3
    case multiExitDiscriminator = 4
    case localPreference = 5
    case atomicAggregate = 6
    case aggregator = 7
    /// RFC 1997.
    case communities = 8
    /// MP_REACH_NLRI (RFC 4760 section 3).
    case multiprotocolReachable = 14
    /// MP_UNREACH_NLRI (RFC 4760 section 4).
    case multiprotocolUnreachable = 15
    /// RFC 6793 section 3.
    case as4Path = 17
    case as4Aggregator = 18
    /// RFC 8092.
    case largeCommunities = 32

    /// The Optional and Transitive bits that the attribute's RFC prescribes.
    var flags: UInt8 {
        switch self {
        case .origin, .asPath, .nextHop, .localPreference, .atomicAggregate:
            AttributeFlags.transitive
        case .multiExitDiscriminator, .multiprotocolReachable, .multiprotocolUnreachable:
            AttributeFlags.optional
        case .aggregator, .communities, .as4Path, .as4Aggregator, .largeCommunities:
            AttributeFlags.optional | AttributeFlags.transitive
        }
    }

    /// Whether the attribute carries prefixes, so that only a session reset helps if it cannot be read (RFC 7606
    /// section 3 j).
    var carriesPrefixes: Bool {
        self == .multiprotocolReachable || self == .multiprotocolUnreachable
    }
}

/// The bits of the Attribute Flags octet (RFC 4271 section 4.3).
enum AttributeFlags {
    static let optional: UInt8 = 0x80
    static let transitive: UInt8 = 0x40
    static let partial: UInt8 = 0x20
    static let extendedLength: UInt8 = 0x10
}
