// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import WireFormat

/// A second route server that remembers no winners.
///
/// After every elementary step everything is computed again from all paths and the order in which routes arrived.
struct NaiveRouteServer {
    struct Key: Hashable {
        var peer: PeerID
        var prefix: IPPrefix
    }

    struct Path {
        var attributes: PathAttributes
        var routerID: IPv4Address
        var since: Instant
        /// The number of its peer, among all that ever existed.
        var peerNumber: Int
        var peer: RouteServerConfiguration.Peer
    }

    struct RIB {
        var paths: [Key: Path] = [:]
        /// The routes that count towards a peer's quota, in order of arrival.
        var arrivals: [PeerID: [IPPrefix]] = [:]
    }

    struct Pending {
        var target: IPAddress?
        var due: Instant
        var isFailback: Bool
    }

    struct Table {
        var table: RouteServerConfiguration.PropagatedTable
        /// The routes that are in the table, or would be with enough room, in order of arrival.
        var order: [IPPrefix] = []
    }

    struct Modification {
        var action: PersistRoutes.Action?
        var minutes: Int?
        var due: Instant
    }

    let configuration: RouteServerConfiguration
    var now = Instant.zero
    var peers: [RouteServerConfiguration.Peer]
    var peerNumbers: [PeerID: Int]
    private var peerCount: Int
    var routerIDs: [PeerID: IPv4Address] = [:]
    private var rib = RIB()
    private(set) var relearned: RIB?
    private var firstSessionAt: Instant?
    private(set) var persist: PersistRoutes
    private(set) var modification: Modification?
    /// The paths that may win.
    private var eligible: [Key: Path] = [:]
    /// The prefixes with a winner, in the order in which they first had one.
    private var fibOrder: [IPPrefix] = []
    private var written: [IPPrefix: IPAddress] = [:]
    private var pending: [IPPrefix: Pending] = [:]
    private var propagated: [Table]

    init(configuration: RouteServerConfiguration) {
        self.configuration = configuration
        peers = configuration.peers
        peerCount = peers.count
        peerNumbers = Dictionary(uniqueKeysWithValues: peers.enumerated().map { ($1.id, $0) })
        persist = configuration.persistRoutes
        propagated = configuration.propagations.map { Table(table: $0) }
    }

    // MARK: Sessions and routes

    mutating func establish(_ peer: PeerID, routerID: IPv4Address) {
        guard peerNumbers[peer] != nil else { return }
        end(peer)
        routerIDs[peer] = routerID
        if relearned != nil, firstSessionAt == nil {
            firstSessionAt = now
        }
    }

    mutating func end(_ peer: PeerID) {
        guard routerIDs.removeValue(forKey: peer) != nil else { return }
        if var learned = relearned {
            learned.paths = learned.paths.filter { $0.key.peer != peer }
            learned.arrivals[peer] = nil
            relearned = learned
            guard routerIDs.isEmpty else { return }
            if persist.isEnabled {
                firstSessionAt = nil
            } else {
                unpersist()
            }
        } else if routerIDs.isEmpty, persist.isEnabled, !rib.paths.isEmpty {
            relearned = RIB()
        } else {
            rib.paths = rib.paths.filter { $0.key.peer != peer }
            rib.arrivals[peer] = nil
            for key in eligible.keys.filter({ $0.peer == peer }).sorted(by: { $0.prefix < $1.prefix }) {
                eligible[key] = nil
                workOut()
            }
        }
    }

    mutating func withdraw(_ prefix: IPPrefix, from peer: PeerID) {
        guard routerIDs[peer] != nil else { return }
        change { rib in
            rib.paths[Key(peer: peer, prefix: prefix)] = nil
            rib.arrivals[peer]?.removeAll { $0 == prefix }
        }
    }

    mutating func announce(_ prefix: IPPrefix, _ attributes: PathAttributes, from peer: PeerID) {
        guard let routerID = routerIDs[peer], let number = peerNumbers[peer],
            let object = peers.first(where: { $0.id == peer })
        else { return }
        let key = Key(peer: peer, prefix: prefix)
        let quota = configuration.quotas.routesPerPeer
        let isLoop = attributes.asPath.contains(configuration.asn)
        let arrivals = (relearned ?? rib).arrivals[peer] ?? []
        if quota.policy == .resetSession, !isLoop, !arrivals.contains(prefix), arrivals.count >= quota.limit {
            return end(peer)
        }
        let now = now
        change { rib in
            if rib.paths[key]?.attributes != attributes {
                rib.paths[key] = Path(
                    attributes: attributes, routerID: routerID, since: now, peerNumber: number, peer: object)
            }
            if isLoop {
                rib.arrivals[peer]?.removeAll { $0 == prefix }
            } else if !arrivals.contains(prefix) {
                rib.arrivals[peer, default: []].append(prefix)
            }
        }
    }

    private mutating func change(_ body: (inout RIB) -> Void) {
        if relearned != nil {
            var learned = relearned ?? RIB()
            body(&learned)
            relearned = learned
        } else {
            body(&rib)
            eligible = eligiblePaths(of: rib)
            workOut()
        }
    }

    // MARK: Peers, tables, settings

    mutating func create(_ peer: RouteServerConfiguration.Peer) {
        peers.append(peer)
        peerNumbers[peer.id] = peerCount
        peerCount += 1
    }

    mutating func delete(_ peer: PeerID) {
        end(peer)
        peers.removeAll { $0.id == peer }
        peerNumbers[peer] = nil
    }

    mutating func enable(_ table: RouteServerConfiguration.PropagatedTable) {
        propagated.append(Table(table: table, order: candidates(for: table).sorted()))
    }

    mutating func disable(_ kernelTable: UInt32) {
        propagated.removeAll { $0.table.kernelTable == kernelTable }
    }

    mutating func modify(_ action: PersistRoutes.Action?, minutes: Int?) {
        modification = Modification(action: action, minutes: minutes, due: now + configuration.delays.modification)
        advance(to: now)
    }

    private mutating func finish(_ modification: Modification) {
        if let minutes = modification.minutes { persist.durationMinutes = minutes }
        switch modification.action {
        case .enable: persist.isEnabled = true
        case .disable:
            persist.isEnabled = false
            if persist.whenDisabled == .drop { unpersist() }
        case .reset: unpersist()
        case nil: break
        }
    }

    // MARK: Time

    var unpersistsAt: Instant? {
        firstSessionAt.map { $0 + .seconds(60 * persist.durationMinutes) / persist.timeScale }
    }

    var nextDeadline: Instant? {
        (pending.values.map(\.due) + [unpersistsAt, modification?.due].compactMap(\.self)).min()
    }

    mutating func advance(to now: Instant) {
        self.now = now
        while let deadline = nextDeadline, deadline <= now {
            if let change = modification, change.due == deadline {
                modification = nil
                finish(change)
            } else if unpersistsAt == deadline {
                unpersist()
            } else if let prefix = pending.filter({ $0.value.due == deadline }).keys.min() {
                written[prefix] = pending[prefix]?.target
                pending[prefix] = nil
                orderTables()
            }
        }
    }

    private mutating func unpersist() {
        guard let learned = relearned else { return }
        relearned = nil
        firstSessionAt = nil
        rib = learned
        let next = eligiblePaths(of: learned)
        for prefix in Set((Array(eligible.keys) + next.keys).map(\.prefix)).sorted() {
            eligible = eligible.filter { $0.key.prefix != prefix }
                .merging(next.filter { $0.key.prefix == prefix }) { $1 }
            workOut()
        }
    }

    // MARK: Working it out

    func owner(_ attributes: PathAttributes, of prefix: IPPrefix) -> RouteServerConfiguration.OwnedAddress? {
        attributes.nextHop.family == prefix.family
            ? configuration.owners.first { $0.address == attributes.nextHop } : nil
    }

    private func eligiblePaths(of rib: RIB) -> [Key: Path] {
        let quota = configuration.quotas.routesPerPeer
        return rib.paths.filter { key, path in
            let counting = rib.arrivals[key.peer]?.prefix(quota.policy == .acceptAll ? .max : quota.limit) ?? []
            return counting.contains(key.prefix)
                && (!configuration.selectsOnlyResolvableNextHops || owner(path.attributes, of: key.prefix) != nil)
        }
    }

    func winners() -> [IPPrefix: PeerID] {
        Dictionary(grouping: eligible.keys, by: \.prefix).compactMapValues { keys in
            keys.min(by: isBetter)?.peer
        }
    }

    /// The prefixes with a route in the FIB.
    func fib() -> Set<IPPrefix> {
        let quota = configuration.quotas.routesInFIB
        return Set(fibOrder.prefix(quota.policy == .acceptAll ? .max : quota.limit))
    }

    private mutating func workOut() {
        let winners = winners()
        fibOrder = fibOrder.filter { winners[$0] != nil } + winners.keys.filter { !fibOrder.contains($0) }.sorted()
        let fib = fib()
        for prefix in Set(fibOrder + Array(written.keys) + Array(pending.keys)).sorted() {
            let path = winners[prefix].flatMap { eligible[Key(peer: $0, prefix: prefix)] }
            program(prefix, to: fib.contains(prefix) ? path.flatMap { owner($0.attributes, of: prefix)?.address } : nil)
        }
        orderTables()
    }

    private mutating func program(_ prefix: IPPrefix, to target: IPAddress?) {
        let isUsable =
            written[prefix] != nil
            && eligible.contains {
                $0.key.prefix == prefix && owner($0.value.attributes, of: prefix)?.address == written[prefix]
            }
        let delays = configuration.delays
        if target == written[prefix] {
            pending[prefix] = nil
        } else if let entry = pending[prefix], entry.target == target {
            if entry.isFailback, !isUsable {
                pending[prefix] = Pending(
                    target: target, due: min(entry.due, now + delays.ribToTable), isFailback: false)
            }
        } else {
            let delay = isUsable ? delays.ribToTable + delays.failback : delays.ribToTable
            pending[prefix] = Pending(target: target, due: now + delay, isFailback: isUsable)
        }
        if let entry = pending[prefix], entry.due <= now {
            written[prefix] = entry.target
            pending[prefix] = nil
        }
    }

    private mutating func orderTables() {
        for number in propagated.indices {
            let candidates = Set(candidates(for: propagated[number].table))
            let isNew = candidates.subtracting(propagated[number].order)
            propagated[number].order =
                propagated[number].order.filter(candidates.contains) + fibOrder.filter(isNew.contains)
                + isNew.subtracting(fibOrder).sorted()
        }
    }

    /// The routes that belong in a table if there is room.
    private func candidates(for table: RouteServerConfiguration.PropagatedTable) -> [IPPrefix] {
        written.keys.filter { prefix in
            !table.staticPrefixes.contains(prefix) && !table.localPrefixes.contains(prefix)
                && table.permittedPrefixes?.contains(prefix) ?? true
                && (configuration.localRoutePolicy == .longestPrefix
                    || !table.localPrefixes.contains { $0.contains(prefix) })
        }
    }

    /// The expected contents of each table.
    func tables() -> [UInt32: [IPPrefix: IPAddress]] {
        let quota = configuration.quotas.propagatedRoutesPerTable
        var tables: [UInt32: [IPPrefix: IPAddress]] = [:]
        for table in propagated {
            for prefix in table.order.prefix(quota.policy == .acceptAll ? .max : quota.limit) {
                tables[table.table.kernelTable, default: [:]][prefix] = written[prefix]
            }
        }
        return tables
    }

    private func isBetter(_ left: Key, _ right: Key) -> Bool {
        guard let one = eligible[left], let other = eligible[right] else { return false }
        for step in configuration.selection.steps {
            let ranks = [one, other].map { rank($0, by: step) }
            if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
        }
        return one.peerNumber < other.peerNumber
    }

    /// The lower the better.
    private func rank(_ path: Path, by step: PathSelection.Step) -> Int64 {
        switch step {
        // All peers are external.
        case .localPreference, .localRoute, .externalPeer: 0
        case .asPathLength:
            path.attributes.asPath.segments.reduce(0) { sum, segment in
                if case .sequence(let numbers) = segment { sum + Int64(numbers.count) } else { sum + 1 }
            }
        case .origin: Int64(path.attributes.origin.rawValue)
        case .multiExitDiscriminator: Int64(path.attributes.multiExitDiscriminator ?? 0)
        case .age: path.since.nanoseconds
        case .routerID: Int64(path.routerID.bits)
        case .peerAddress: Int64(v4(path.peer.endpointAddress).bits)
        }
    }
}
