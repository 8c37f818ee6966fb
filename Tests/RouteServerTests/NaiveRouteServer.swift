// SPDX-License-Identifier: MIT-0
import BGP
import RouteServer
import WireFormat

/// The route server once more, without memory of winners: everything is worked out anew from all paths.
struct NaiveRouteServer {
    struct Key: Hashable {
        var peer: PeerID
        var prefix: IPPrefix
    }

    let configuration: RouteServerConfiguration
    var routerIDs: [PeerID: IPv4Address] = [:]
    var paths: [Key: PathAttributes] = [:]

    mutating func end(_ peer: PeerID) {
        routerIDs[peer] = nil
        paths = paths.filter { $0.key.peer != peer }
    }

    func owner(_ attributes: PathAttributes) -> RouteServerConfiguration.OwnedAddress? {
        configuration.owners.first { $0.address == attributes.nextHop }
    }

    func winners() -> [IPPrefix: PeerID] {
        Dictionary(grouping: paths.keys, by: \.prefix).compactMapValues { keys in
            keys.filter(isEligible).min(by: isBetter)?.peer
        }
    }

    /// What each table should hold.
    func tables() -> [UInt32: [IPPrefix: IPAddress]] {
        var tables: [UInt32: [IPPrefix: IPAddress]] = [:]
        for (prefix, peer) in winners() {
            guard let attributes = paths[Key(peer: peer, prefix: prefix)], let owner = owner(attributes) else {
                continue
            }
            for table in configuration.propagations where !table.staticPrefixes.contains(prefix) {
                tables[table.kernelTable, default: [:]][prefix] = owner.address
            }
        }
        return tables
    }

    private func isEligible(_ key: Key) -> Bool {
        guard let attributes = paths[key] else { return false }
        for case .sequence(let numbers) in attributes.asPath.segments where numbers.contains(configuration.asn) {
            return false
        }
        return !configuration.selectsOnlyResolvableNextHops || owner(attributes) != nil
    }

    private func isBetter(_ left: Key, _ right: Key) -> Bool {
        guard let one = paths[left], let other = paths[right],
            let onePeer = configuration.peers.first(where: { $0.id == left.peer }),
            let otherPeer = configuration.peers.first(where: { $0.id == right.peer })
        else { return false }
        let lengths = [one, other].map {
            $0.asPath.segments.map { if case .sequence(let n) = $0 { n.count } else { 1 } }
        }
        let ranks = lengths.map { $0.reduce(0, +) }
        if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
        if one.origin != other.origin { return one.origin.rawValue < other.origin.rawValue }
        let meds = [one, other].map { $0.multiExitDiscriminator ?? 0 }
        if meds[0] != meds[1] { return meds[0] < meds[1] }
        let ids = [left, right].map { routerIDs[$0.peer]?.bits ?? 0 }
        if ids[0] != ids[1] { return ids[0] < ids[1] }
        return onePeer.endpointAddress < otherPeer.endpointAddress
    }
}
