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
            let octets = attribute.value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            parts.append("{Type: \(attribute.typeCode), Value: 0x\(octets)}")
        }
        return "[" + parts.joined(separator: " ") + "]"
    }
}
