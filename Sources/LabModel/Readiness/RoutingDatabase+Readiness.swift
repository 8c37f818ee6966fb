// SPDX-License-Identifier: MIT-0
package import RouteServer
package import WireFormat

extension RoutingDatabase {
    /// Whether all paths to a prefix have arrived, and the best one is in every table that it may be in.
    ///
    /// A path that import drops has arrived, too: nothing more comes of it.
    package func isSettled(_ prefix: IPPrefix, pathCount: Int) -> Bool {
        let routes = routes.filter { $0.prefix == prefix }
        let dropped = droppedRoutes.count { $0.prefix == prefix }
        guard routes.count + dropped >= pathCount else { return false }
        guard !routes.isEmpty else { return true }
        guard let best = routes.first(where: { $0.status == .inFIB }) else { return isKeptOut(prefix) }
        return best.installations.allSatisfy { $0.status == .installed || $0.reason != nil }
    }

    /// Every route that is in a table, with the instance that it leads to.
    package var installedRoutes: [(table: String, prefix: IPPrefix, instance: String?)] {
        routes.flatMap { route in
            route.installations.filter { $0.status == .installed }.map { ($0.table, route.prefix, route.instance) }
        }
    }

    /// Whether the paths to a prefix are in no table and will not be: past a quota, or with a next hop that no instance has.
    package func isKeptOut(_ prefix: IPPrefix) -> Bool {
        let routes = routes.filter { $0.prefix == prefix }
        let deciding = routes.first { $0.status == .inFIB }.map { [$0] } ?? routes
        return !deciding.isEmpty
            && deciding.allSatisfy {
                !$0.installations.isEmpty && $0.installations.allSatisfy { $0.status == .rejected }
            }
    }
}
