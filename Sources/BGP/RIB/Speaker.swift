// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A BGP speaker above its sessions: it stores what it originates and what it receives, and tells its neighbours.
///
/// Each neighbour gets the best path of each prefix, once when the session comes up and again whenever its own view of
/// it changes. After each input take all of `nextOutput()`, and call `resume` soon while `hasMore`: a table is sent in
/// parts, so that other work comes between them. While a neighbour's connection takes no more (`sendBacklogFull`), its
/// changes wait.
package struct Speaker: Sendable {
    /// An action for the shell.
    package enum Output: Hashable, Sendable {
        case send(NeighborID, UpdateMessage)
    }

    private struct Neighbor: Sendable {
        var id: NeighborID
        var asn: ASN
        var address: IPAddress
        var prepends: [ASN]
        /// The source number of this neighbour's paths in the table.
        var source: RoutingTable.SourceID
        /// While the session is Established, what is sent over it.
        var export: ExportPolicy?
        var advertisedCount = 0
        var isBacklogFull = false
        var pending = PendingRoutes()
    }

    package let asn: ASN
    package let routerID: IPv4Address
    private var neighbors: [Neighbor] = []
    private var neighborNumbers: [NeighborID: Int] = [:]
    private var sources: [RoutingTable.Source] = []
    private var table: RoutingTable
    private var store = AttributeStore()
    private let localSource: RoutingTable.SourceID
    private var outputs: [Output] = []
    private var takenOutputCount = 0

    /// Makes a speaker without neighbours and routes.
    package init(
        asn: ASN, routerID: IPv4Address, selection: PathSelection = PathSelection(medComparison: .sameNeighborAS)
    ) {
        self.asn = asn
        self.routerID = routerID
        table = RoutingTable(selection: selection)
        let local = RoutingTable.Source(
            isLocal: true, isExternal: false, routerID: routerID, address: .v4(.any))
        localSource = table.addSource(local)
        sources = [local]
    }

    // MARK: Input

    /// Adds a neighbour; a known id is left unchanged.
    ///
    /// `prepends` come before each path's own ASNs in what an external neighbour is told.
    package mutating func addNeighbor(
        _ id: NeighborID, asn neighborASN: ASN, address: IPAddress, prepends: [ASN] = []
    ) {
        guard neighborNumbers[id] == nil else { return }
        let source = RoutingTable.Source(
            isLocal: false, isExternal: neighborASN != asn, routerID: .any, address: address)
        sources.append(source)
        neighborNumbers[id] = neighbors.count
        neighbors.append(
            Neighbor(
                id: id, asn: neighborASN, address: address, prepends: prepends, source: table.addSource(source)))
    }

    /// Adds or replaces a local route.
    package mutating func originate(_ announcement: Announcement, at now: Instant) {
        let path = RoutingTable.Path(
            source: localSource, attributes: store.share(announcement.attributes), since: now)
        if let change = table.update(announcement.prefix, with: path) {
            propagate([change])
        }
    }

    /// Adds or replaces local routes that share their attributes, and announces them in as few messages as possible.
    package mutating func originate(
        _ prefixes: some Sequence<IPPrefix>, attributes: PathAttributes, at now: Instant
    ) {
        let path = RoutingTable.Path(source: localSource, attributes: store.share(attributes), since: now)
        propagate(prefixes.compactMap { table.update($0, with: path) })
    }

    /// Withdraws local routes; prefixes without one are ignored.
    package mutating func withdraw(_ prefixes: some Sequence<IPPrefix>) {
        propagate(prefixes.compactMap { table.remove($0, source: localSource) })
    }

    /// Withdraws a local route; returns whether there was one.
    package mutating func withdraw(_ prefix: IPPrefix) -> Bool {
        guard table.path(prefix, source: localSource) != nil else { return false }
        if let change = table.remove(prefix, source: localSource) {
            propagate([change])
        }
        return true
    }

    /// Withdraws all local routes.
    package mutating func withdrawAll() {
        propagate(table.removeAll(source: localSource))
    }

    /// A session reached Established: sends the whole table, then End-of-RIB for each family.
    ///
    /// `localAddress` is the session's local address, and `localIPv6Address` the next hop of IPv6 routes if that is
    /// IPv4; `families` are those that both sides announced.
    package mutating func sessionEstablished(
        _ id: NeighborID, localAddress: IPAddress, localIPv6Address: IPAddress? = nil,
        families: some Sequence<AddressFamily>, peerRouterID: IPv4Address, at now: Instant
    ) {
        guard let number = neighborNumbers[id] else { return }
        if neighbors[number].export != nil {
            sessionEnded(id, at: now)
        }
        let neighbor = neighbors[number]
        sources[neighbor.source.index].routerID = peerRouterID
        table.setRouterID(peerRouterID, ofSource: neighbor.source)
        let policy = ExportPolicy(
            asn: asn, neighborASN: neighbor.asn, neighborAddress: neighbor.address, localAddress: localAddress,
            localIPv6Address: localIPv6Address, families: Set(families), prepends: neighbor.prepends)
        neighbors[number].export = policy
        let groups = exportedGroups(policy)
        neighbors[number].advertisedCount = groups.reduce(0) { $0 + $1.count }
        // RFC 4724 section 2: End-of-RIB is also sent to a neighbour that did not announce graceful restart.
        neighbors[number].pending.beginTable(groups, of: policy.families.sorted(), endsRIB: true)
        sendPending(number)
    }

    /// A session left Established: removes its paths and tells the others the new best ones.
    package mutating func sessionEnded(_ id: NeighborID, at now: Instant) {
        guard let number = neighborNumbers[id], neighbors[number].export != nil else { return }
        neighbors[number].export = nil
        neighbors[number].advertisedCount = 0
        neighbors[number].isBacklogFull = false
        neighbors[number].pending = PendingRoutes()
        propagate(table.removeAll(source: neighbors[number].source))
    }

    /// An UPDATE from an established neighbour; prefixes of a family that was not negotiated are ignored.
    package mutating func received(_ update: UpdateMessage, from id: NeighborID, at now: Instant) {
        guard let number = neighborNumbers[id], let export = neighbors[number].export else { return }
        let source = neighbors[number].source
        var changes: [RoutingTable.BestChange] = []
        // A prefix that is also announced counts only as announced (RFC 4271 section 4.3).
        let replaced = update.withdrawn.isEmpty || update.attributes == nil ? [] : Set(update.announced)
        for prefix in update.withdrawn where !replaced.contains(prefix) {
            if let change = table.remove(prefix, source: source) {
                changes.append(change)
            }
        }
        if let attributes = update.attributes, !update.announced.isEmpty {
            let path = RoutingTable.Path(
                source: source, attributes: store.share(attributes), since: now,
                exclusion: exclusion(of: attributes, over: export))
            for prefix in update.announced where export.families.contains(prefix.family) {
                var path = path
                if NetworkLayerReachability.isMulticast(prefix) { path.exclusion = .multicast }
                if let change = table.update(prefix, with: path) {
                    changes.append(change)
                }
            }
        }
        propagate(changes)
    }

    private func exclusion(of attributes: PathAttributes, over export: ExportPolicy) -> RoutingTable.Exclusion? {
        if attributes.asPath.contains(asn) {
            return .asLoop
        }
        // A route whose next hop is the receiver itself cannot be resolved (RFC 4271 section 5.1.3).
        return attributes.nextHop == export.localAddress ? .nextHopUnresolvable : nil
    }

    /// A neighbour asks for a family's routes again (RFC 2918 section 4).
    ///
    /// They are sent with the next `resume`, once, however often it has asked until then.
    package mutating func routeRefreshRequested(_ family: AddressFamily, from id: NeighborID) {
        guard let number = neighborNumbers[id], let policy = neighbors[number].export, policy.families.contains(family)
        else { return }
        neighbors[number].pending.request(family)
    }

    /// A neighbour's connection takes no more for now: what it is to be told waits.
    package mutating func sendBacklogFull(_ id: NeighborID) {
        guard let number = neighborNumbers[id] else { return }
        neighbors[number].isBacklogFull = true
    }

    package mutating func sendBacklogDrained(_ id: NeighborID) {
        guard let number = neighborNumbers[id] else { return }
        neighbors[number].isBacklogFull = false
        sendPending(number)
    }

    /// Whether `resume` has something to do.
    package var hasMore: Bool {
        neighbors.contains { $0.export != nil && !$0.isBacklogFull && !$0.pending.isEmpty }
    }

    /// Sends each neighbour the next part of what waits for it.
    package mutating func resume() {
        for number in neighbors.indices where !neighbors[number].pending.isEmpty { sendPending(number) }
    }

    // MARK: Output

    /// The next action; nil if there are no more.
    package mutating func nextOutput() -> Output? {
        guard takenOutputCount < outputs.count else {
            outputs.removeAll(keepingCapacity: outputs.count <= 1024)
            takenOutputCount = 0
            return nil
        }
        defer { takenOutputCount += 1 }
        return outputs[takenOutputCount]
    }

    /// Everything that a policy exports, in prefix order within each set of attributes.
    private func exportedGroups(_ policy: ExportPolicy) -> [[IPPrefix]] {
        var packing = UpdatePacking(policy: policy)
        for prefix in table.sortedPrefixes() {
            if let best = table.best(prefix) {
                packing.announce(prefix, best, from: sources[best.source.index])
            }
        }
        return packing.messages().map(\.announced)
    }

    /// Sends a neighbour the next part of what waits for it: changes first, then the table.
    ///
    /// A prefix of the table is looked up now, so a change that was sent before is only said twice.
    private mutating func sendPending(_ number: Int) {
        guard let policy = neighbors[number].export, !neighbors[number].isBacklogFull else { return }
        let id = neighbors[number].id
        var packing = UpdatePacking(policy: policy)
        if neighbors[number].pending.hasChanges {
            for (prefix, told) in neighbors[number].pending.takeChanges() {
                packing.follow(
                    RoutingTable.BestChange(prefix: prefix, previous: told, current: table.best(prefix), reason: nil)
                ) { sources[$0.source.index] }
            }
            neighbors[number].advertisedCount += packing.advertisedCountChange
            outputs += packing.messages().map { .send(id, $0) }
            return
        }
        if !neighbors[number].pending.hasTable {
            var requested = policy
            requested.families = neighbors[number].pending.requestedFamilies
            guard !requested.families.isEmpty else { return }
            neighbors[number].pending.beginTable(
                exportedGroups(requested), of: requested.families.sorted(), endsRIB: false)
        }
        for prefix in neighbors[number].pending.takeTablePart() {
            if let best = table.best(prefix) {
                packing.announce(prefix, best, from: sources[best.source.index])
            }
        }
        outputs += packing.messages().map { .send(id, $0) }
        outputs += neighbors[number].pending.takeTableEnd().map { .send(id, .endOfRIB($0)) }
    }

    private mutating func propagate(_ changes: [RoutingTable.BestChange]) {
        guard !changes.isEmpty else { return }
        for number in neighbors.indices {
            guard let policy = neighbors[number].export else { continue }
            guard !neighbors[number].isBacklogFull, !neighbors[number].pending.hasChanges else {
                for change in changes { neighbors[number].pending.note(change) }
                continue
            }
            let id = neighbors[number].id
            var packing = UpdatePacking(policy: policy)
            for change in changes {
                packing.follow(change) { sources[$0.source.index] }
            }
            neighbors[number].advertisedCount += packing.advertisedCountChange
            outputs += packing.messages().map { .send(id, $0) }
        }
    }
}

// MARK: - Looking

extension Speaker {
    /// The numbers of prefixes and paths in the table, including paths with an AS loop.
    package var tableCounts: (prefixes: Int, paths: Int) {
        (table.prefixCount, table.pathCount)
    }

    /// How many routes a neighbour sent, how many of them may become best, and how many it was sent; nil if unknown.
    package func routeCounts(of id: NeighborID) -> (received: Int, accepted: Int, advertised: Int)? {
        guard let number = neighborNumbers[id] else { return nil }
        let source = neighbors[number].source
        return (
            table.pathCount(ofSource: source), table.acceptedPathCount(ofSource: source),
            neighbors[number].advertisedCount
        )
    }

    /// The rows of `gobgp global rib`: all usable paths of a family in prefix order, the best first.
    package func globalRIB(_ family: AddressFamily, at now: Instant) -> [RIBRow] {
        table.sortedPrefixes().filter { $0.family == family }.flatMap { prefix in
            let best = table.best(prefix)
            return table.paths(prefix).filter { !$0.isDropped }.map { path in
                row(prefix, path, attributes: path.attributes.value, isBest: path.source == best?.source, at: now)
            }
        }
    }

    /// What a neighbour sent, in prefix order; nil while its session is not up.
    package func adjRIBIn(_ id: NeighborID, _ family: AddressFamily, at now: Instant) -> [RIBRow]? {
        guard let number = neighborNumbers[id], neighbors[number].export != nil else { return nil }
        let source = neighbors[number].source
        return table.sortedPrefixes(ofSource: source).filter { $0.family == family }.compactMap { prefix in
            table.path(prefix, source: source).map {
                row(prefix, $0, attributes: $0.attributes.value, isBest: false, at: now)
            }
        }
    }

    /// What a neighbour was sent, in prefix order; nil while its session is not up.
    package func adjRIBOut(_ id: NeighborID, _ family: AddressFamily, at now: Instant) -> [RIBRow]? {
        guard let number = neighborNumbers[id], let policy = neighbors[number].export else { return nil }
        return table.sortedPrefixes().filter { $0.family == family }.compactMap { prefix in
            guard let best = table.best(prefix),
                let exported = policy.attributes(
                    of: best.attributes.value, from: sources[best.source.index], family: family)
            else { return nil }
            return row(prefix, best, attributes: exported, isBest: false, at: now)
        }
    }

    private func row(
        _ prefix: IPPrefix, _ path: RoutingTable.Path, attributes: PathAttributes, isBest: Bool, at now: Instant
    ) -> RIBRow {
        let source = sources[path.source.index]
        return RIBRow(
            prefix: prefix, attributes: attributes, age: now - path.since, isBest: isBest,
            isValid: path.exclusion == nil, neighbor: source.isLocal ? nil : source.address)
    }
}
