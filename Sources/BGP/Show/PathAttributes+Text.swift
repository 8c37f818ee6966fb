// SPDX-License-Identifier: MIT-0

extension ASPath {
    /// The path as `gobgp` prints it: numbers separated by spaces, sets as `{1,2}`.
    package var text: String {
        segments.map { segment in
            switch segment {
            case .sequence(let numbers): numbers.map(\.description).joined(separator: " ")
            case .set(let numbers): "{" + numbers.map(\.description).joined(separator: ",") + "}"
            }
        }.joined(separator: " ")
    }
}

extension Origin {
    /// One letter, as in BGP listings.
    package var text: String {
        switch self {
        case .igp: "i"
        case .egp: "e"
        case .incomplete: "?"
        }
    }
}

extension Community {
    private static let names: [UInt32: String] = [
        0x0000_0000: "internet", 0xFFFF_0000: "planned-shut", 0xFFFF_0001: "accept-own",
        0xFFFF_0002: "route-filter-translated-v4", 0xFFFF_0003: "route-filter-v4",
        0xFFFF_0004: "route-filter-translated-v6", 0xFFFF_0005: "route-filter-v6", 0xFFFF_0006: "llgr-stale",
        0xFFFF_0007: "no-llgr", 0xFFFF_029A: "blackhole", 0xFFFF_FF01: "no-export", 0xFFFF_FF02: "no-advertise",
        0xFFFF_FF03: "no-export-subconfed", 0xFFFF_FF04: "no-peer",
    ]

    /// The name of a well-known community; `AS:VALUE` otherwise.
    package var text: String {
        Community.names[value] ?? "\(value >> 16):\(value & 0xFFFF)"
    }
}

extension LargeCommunity {
    /// The three numbers, separated by colons (RFC 8092 section 4).
    package var text: String { "\(globalAdministrator):\(localData1):\(localData2)" }
}

/// The communities of EXTENDED COMMUNITIES (RFC 4360), which are only passed on and shown.
struct ExtendedCommunities {
    private static let typeCode: UInt8 = 16
    private static let octetCount = 8

    /// As `gobgp` prints them.
    let text: String

    /// Nil for another attribute, and for one that is cut off.
    init?(_ attribute: UnrecognizedAttribute) {
        let octets = Array(attribute.value)
        guard attribute.typeCode == Self.typeCode, !octets.isEmpty, octets.count % Self.octetCount == 0 else {
            return nil
        }
        text = stride(from: 0, to: octets.count, by: Self.octetCount).map { start in
            Self.text(of: octets[start..<start + Self.octetCount].map { UInt64($0) })
        }.joined(separator: ", ")
    }

    /// Two-octet AS, IPv4 address and four-octet AS specific ones have an administrator and a number (sections 3.1 and
    /// 3.2, RFC 5668); the others are one number.
    private static func text(of octets: [UInt64]) -> String {
        func number(_ range: Range<Int>) -> UInt64 { octets[range].reduce(0) { $0 << 8 | $1 } }
        // The top bits are the authority that assigned the type, and whether it is transitive.
        switch octets[0] & 0x3F {
        case 0x00: return "\(number(2..<4)):\(number(4..<8))"
        case 0x01: return "\(octets[2]).\(octets[3]).\(octets[4]).\(octets[5]):\(number(6..<8))"
        case 0x02: return "\(number(2..<4)).\(number(4..<6)):\(number(6..<8))"
        default: return "\(number(1..<8))"
        }
    }
}

extension PathAttributes {
    /// The Attrs column: everything but next hop and AS_PATH, which have their own columns.
    package var text: String {
        var parts = ["{Origin: \(origin.text)}"]
        if let multiExitDiscriminator {
            parts.append("{Med: \(multiExitDiscriminator)}")
        }
        if let localPreference {
            parts.append("{LocalPref: \(localPreference)}")
        }
        if isAtomicAggregate {
            parts.append("{AtomicAggregate}")
        }
        if let aggregator {
            parts.append("{Aggregate: {AS: \(aggregator.asn), Address: \(aggregator.routerID)}}")
        }
        if !communities.isEmpty {
            parts.append("{Communities: \(communities.map(\.text).joined(separator: ", "))}")
        }
        if !largeCommunities.isEmpty {
            parts.append("{LargeCommunity: [ \(largeCommunities.map(\.text).joined(separator: ", "))]}")
        }
        for attribute in unrecognized {
            if let communities = ExtendedCommunities(attribute) {
                parts.append("{Extcomms: [\(communities.text)]}")
                continue
            }
            let octets = attribute.value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            parts.append("{Type: \(attribute.typeCode), Value: 0x\(octets)}")
        }
        return "[" + parts.joined(separator: " ") + "]"
    }
}
