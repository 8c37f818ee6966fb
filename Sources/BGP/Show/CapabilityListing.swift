// SPDX-License-Identifier: MIT-0
import WireFormat

/// The capability lines of `gobgp neighbor X`, in the order of their codes.
struct CapabilityListing {
    private let local: [Capability]
    private let remote: [Capability]

    /// Before the first OPEN, what would be sent counts as sent, as in `gobgp`.
    init(_ neighbor: NeighborSnapshot) {
        let planned: [Capability] =
            neighbor.configuration.families.map { .multiprotocol(AFISAFI(unicast: $0)) }
            + [.routeRefresh, .fourOctetASN(neighbor.configuration.localASN)]
        local = neighbor.statistics.localOpen?.capabilities ?? planned
        remote = neighbor.statistics.remoteOpen?.capabilities ?? []
    }

    var lines: [String] {
        let codes = Set((local + remote).map(\.code)).sorted()
        return codes.flatMap { code in code == 1 ? multiprotocolLines : self.lines(code) }
    }

    private var multiprotocolLines: [String] {
        var protocols: [AFISAFI] = []
        for case .multiprotocol(let family) in local + remote where !protocols.contains(family) {
            protocols.append(family)
        }
        return ["    multiprotocol:"]
            + protocols.map { family in
                let isLocal = local.contains(.multiprotocol(family))
                let isRemote = remote.contains(.multiprotocol(family))
                return "        \(family):\t\(CapabilityListing.support(isLocal, isRemote))"
            }
    }

    private func lines(_ code: UInt8) -> [String] {
        let ours = local.first { $0.code == code }
        let theirs = remote.first { $0.code == code }
        let name = CapabilityListing.names[code] ?? "UnknownCapability(\(code))"
        return ["    \(name):\t\(CapabilityListing.support(ours != nil, theirs != nil))"]
            + (ours.map { CapabilityListing.details($0, "Local") } ?? [])
            + (theirs.map { CapabilityListing.details($0, "Remote") } ?? [])
    }

    private static func support(_ isLocal: Bool, _ isRemote: Bool) -> String {
        [isLocal ? "advertised" : nil, isRemote ? "received" : nil].compactMap(\.self).joined(separator: " and ")
    }

    private static let names: [UInt8: String] = [
        2: "route-refresh", 4: "carrying-label-info", 5: "extended-nexthop", 64: "graceful-restart",
        65: "4-octet-as", 69: "add-path", 70: "enhanced-route-refresh", 71: "long-lived-graceful-restart",
        73: "fqdn", 75: "software-version", 128: "cisco-route-refresh",
    ]

    /// What one side announced beyond the capability's name.
    private static func details(_ capability: Capability, _ side: String) -> [String] {
        switch capability {
        case .multiprotocol, .routeRefresh, .fourOctetASN: []
        case .gracefulRestart(let restart): gracefulRestart(restart, side)
        case .unknown(5, let value): extendedNextHop(value, side)
        case .unknown(73, let value): hostName(value, side)
        case .unknown: []
        }
    }

    private static func gracefulRestart(_ restart: GracefulRestart, _ side: String) -> [String] {
        let parts = [
            restart.families.isEmpty ? nil : "restart time \(restart.restartTimeSeconds) sec",
            restart.isRestarting ? "restart flag set" : nil,
            restart.survivesNotification ? "notification flag set" : nil,
        ].compactMap(\.self)
        guard !parts.isEmpty else { return [] }
        return ["        \(side): \(parts.joined(separator: ", "))"]
            + restart.families.map { family in
                let flag = family.isForwardingPreserved ? ", forward flag set" : ""
                return "\t    \(family.protocols)\(flag)"
            }
    }

    /// RFC 8950 section 4: triples of AFI, SAFI and the next hop's AFI, two octets each.
    private static func extendedNextHop(_ value: [UInt8], _ side: String) -> [String] {
        let numbers = stride(from: 0, to: value.count - 1, by: 2).map { UInt16(value[$0]) << 8 | UInt16(value[$0 + 1]) }
        let tuples = stride(from: 0, to: numbers.count - 2, by: 3).map { index in
            let family = AFISAFI(afi: numbers[index], safi: UInt8(truncatingIfNeeded: numbers[index + 1]))
            let nextHop = [1: "ipv4", 2: "ipv6"][numbers[index + 2]] ?? "\(numbers[index + 2])"
            return "nlri: \(family), nexthop: \(nextHop)"
        }
        guard !tuples.isEmpty else { return [] }
        return ["        \((side + ":").leftAligned(7)) \(tuples.joined(separator: "\n"))"]
    }

    /// The FQDN capability: two texts, each preceded by its length in one octet.
    private static func hostName(_ value: [UInt8], _ side: String) -> [String] {
        var rest = value[...]
        func text() -> String {
            let count = Int(rest.popFirst() ?? 0)
            defer { rest = rest.dropFirst(count) }
            // The neighbour's name goes to a terminal: only printable ASCII.
            return String(decoding: rest.prefix(count).map { (32...126).contains($0) ? $0 : 63 }, as: UTF8.self)
        }
        let name = text()
        let domain = text()
        return ["      \(side):", "         name: \(name), domain: \(domain)"]
    }
}
