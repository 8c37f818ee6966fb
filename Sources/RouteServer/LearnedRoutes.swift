// SPDX-License-Identifier: MIT-0
import BGP
import WireFormat

/// The paths learned from all peers; of each peer only as many count as its quota allows.
struct LearnedRoutes: Sendable {
    /// The effect of one route of an UPDATE.
    struct Outcome {
        /// The new best path for the route's prefix.
        var change: RoutingTable.BestChange?
        /// The new best path for the prefix that takes the route's place in the peer's quota.
        var promoted: RoutingTable.BestChange?
        /// The route exceeds the quota and does not count.
        var isQuotaExceeded = false
        /// There is room for a route that was forgotten: the peer must send its routes again.
        var needsRefresh = false
    }

    /// How a known path relates to its peer's quota.
    private enum Standing {
        case uncounted, counted, waiting

        init(_ path: RoutingTable.Path?) {
            self =
                switch path?.exclusion {
                case .asLoop, .multicast: .uncounted
                case .quotaExceeded: .waiting
                case .nextHopUnresolvable: .counted
                case nil: path == nil ? .uncounted : .counted
                }
        }
    }

    private(set) var table: RoutingTable
    private let policy: ImportPolicy
    private let quotas: RouteServerQuotas
    private let limit: Int
    private var counts: [Int] = []
    private var waiting: [WaitingLine] = []
    /// Whether routes of each peer were forgotten, because too many were waiting.
    private var hasForgotten: [Bool] = []
    /// A peer must not fill the memory with routes past its quota: more than these are forgotten, and asked for again
    /// when there is room (RFC 2918).
    private static let waitingCountMax = 10_000

    init(_ configuration: RouteServerConfiguration, policy: ImportPolicy) {
        table = RoutingTable(selection: configuration.selection)
        self.policy = policy
        quotas = configuration.quotas
        limit = quotas.routesPerPeer.effectiveLimit
    }

    mutating func addSource(_ source: RoutingTable.Source) -> RoutingTable.SourceID {
        counts.append(0)
        waiting.append(WaitingLine())
        hasForgotten.append(false)
        return table.addSource(source)
    }

    mutating func setRouterID(_ routerID: IPv4Address, ofSource source: RoutingTable.SourceID) {
        table.setRouterID(routerID, ofSource: source)
    }

    private func counts(_ prefix: IPPrefix) -> Bool {
        limit < .max && !quotas.exempts(prefix)
    }

    /// A peer announces a route.
    mutating func update(_ prefix: IPPrefix, with path: RoutingTable.Path) -> Outcome {
        guard counts(prefix) else { return Outcome(change: table.update(prefix, with: path)) }
        let source = path.source
        switch (Standing(table.path(prefix, source: source)), path.isDropped) {
        case (.counted, false):
            return Outcome(change: table.update(prefix, with: path))
        case (.uncounted, true):
            // It is remembered only to be shown.
            guard table.pathCount(ofSource: source) < Self.waitingCountMax else { return Outcome() }
            return Outcome(change: table.update(prefix, with: path))
        case (.counted, true):
            counts[source.index] -= 1
            let change = table.update(prefix, with: path)
            return promoted(source, after: change)
        case (.waiting, true):
            waiting[source.index].remove(prefix)
            return Outcome(change: table.update(prefix, with: path))
        case (.waiting, false):
            return Outcome(change: table.update(prefix, with: path.surplus), isQuotaExceeded: true)
        case (.uncounted, false):
            if counts[source.index] < limit {
                counts[source.index] += 1
                return Outcome(change: table.update(prefix, with: path))
            }
            guard quotas.routesPerPeer.policy == .keepFirst else { return Outcome(isQuotaExceeded: true) }
            guard waiting[source.index].count < Self.waitingCountMax else {
                hasForgotten[source.index] = true
                // A path that import dropped before is not this one.
                return Outcome(change: table.remove(prefix, source: source), isQuotaExceeded: true)
            }
            waiting[source.index].append(prefix)
            return Outcome(change: table.update(prefix, with: path.surplus), isQuotaExceeded: true)
        }
    }

    /// A peer withdraws a route.
    mutating func remove(_ prefix: IPPrefix, source: RoutingTable.SourceID) -> Outcome {
        guard counts(prefix) else { return Outcome(change: table.remove(prefix, source: source)) }
        switch Standing(table.path(prefix, source: source)) {
        case .uncounted:
            return Outcome(change: table.remove(prefix, source: source))
        case .waiting:
            waiting[source.index].remove(prefix)
            return Outcome(change: table.remove(prefix, source: source))
        case .counted:
            counts[source.index] -= 1
            let change = table.remove(prefix, source: source)
            return promoted(source, after: change)
        }
    }

    /// The session of a peer has ended: returns the prefixes to remove with `removeNext`, in order.
    ///
    /// One by one, so that a waiting route that takes a freed place sees the table as it then is. The peer's waiting
    /// routes are forgotten.
    mutating func startRemoval(source: RoutingTable.SourceID) -> [IPPrefix] {
        counts[source.index] = 0
        waiting[source.index].removeAll()
        hasForgotten[source.index] = false
        return table.sortedPrefixes(ofSource: source)
    }

    /// Removes one of the routes that `startRemoval` returned.
    mutating func removeNext(_ prefix: IPPrefix, source: RoutingTable.SourceID) -> RoutingTable.BestChange? {
        table.remove(prefix, source: source)
    }

    /// Lets the longest-waiting route of a peer count from now on, in the place of one that changed.
    private mutating func promoted(
        _ source: RoutingTable.SourceID, after change: RoutingTable.BestChange?
    ) -> Outcome {
        guard counts[source.index] < limit else { return Outcome(change: change) }
        guard let prefix = waiting[source.index].popFirst(), var path = table.path(prefix, source: source) else {
            defer { hasForgotten[source.index] = false }
            return Outcome(change: change, needsRefresh: hasForgotten[source.index])
        }
        counts[source.index] += 1
        path.exclusion = policy.exclusion(of: path.attributes.value, for: prefix.family)
        return Outcome(change: change, promoted: table.update(prefix, with: path))
    }
}

extension RoutingTable.Path {
    /// The path, marked as exceeding the quota.
    fileprivate var surplus: RoutingTable.Path {
        var path = self
        path.exclusion = .quotaExceeded
        return path
    }
}
