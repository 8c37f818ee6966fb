// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which of several routes to a prefix is in effect, in tables with more than one writer.
///
/// It is given every change in order, and says what changes for packets.
package struct EffectiveRoutes: Sendable {
    /// One writer's route, distinguished from the others' by its metric.
    private struct Entry: Sendable {
        var metric: UInt32
        var nextHop: IPAddress?
    }

    private struct Place: Hashable, Sendable {
        var table: UInt32
        var prefix: IPPrefix
    }

    /// By prefix, the route in effect first.
    private var entries: [Place: [Entry]] = [:]

    package init() {}

    /// Records a new or changed route.
    ///
    /// - Returns: whether it is now the one in effect.
    package mutating func install(_ route: KernelRoute) -> Bool {
        let entry = Entry(metric: route.metric, nextHop: route.nextHop)
        return withEntries(of: route) { entries in
            let place = entries.firstIndex { $0.metric >= entry.metric } ?? entries.count
            if place < entries.count, entries[place].metric == entry.metric {
                entries[place] = entry
            } else {
                entries.insert(entry, at: place)
            }
            return place == 0
        }
    }

    /// Records that a route is gone.
    ///
    /// - Returns: whether it was the one in effect, and the next hop of the one that is in effect now.
    package mutating func remove(_ route: KernelRoute) -> (wasFollowed: Bool, nextHop: IPAddress?) {
        withEntries(of: route) { entries in
            guard let place = entries.firstIndex(where: { $0.metric == route.metric }) else { return (false, nil) }
            entries.remove(at: place)
            return (place == 0, entries.first?.nextHop)
        }
    }

    /// Forgets a table, before all of its routes are given again.
    package mutating func forget(table: UInt32) {
        entries = entries.filter { $0.key.table != table }
    }

    /// The metric of the route in effect for a prefix; nil if there is none.
    package func metric(of prefix: IPPrefix, in table: UInt32) -> UInt32? {
        entries[Place(table: table, prefix: prefix)]?.first?.metric
    }

    private mutating func withEntries<Result>(
        of route: KernelRoute, _ body: (inout [Entry]) -> Result
    ) -> Result {
        let place = Place(table: route.table, prefix: route.prefix)
        let result = body(&entries[place, default: []])
        if entries[place]?.isEmpty == true { entries[place] = nil }
        return result
    }
}
