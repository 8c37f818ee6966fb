// SPDX-License-Identifier: MIT-0
import WireFormat

/// One route table that a route server writes, and what is in it.
struct Propagation: Sendable {
    private(set) var table: RouteServerConfiguration.PropagatedTable
    private let staticPrefixes: Set<IPPrefix>
    private let localPrefixes: Set<IPPrefix>
    private let permittedPrefixes: Set<IPPrefix>?
    private let localRoutePolicy: RouteServerConfiguration.LocalRoutePolicy
    /// `deleted` while the table is none of ours: it may become so again.
    var state: RouteServerObjectState
    /// What the table holds or is to hold.
    var room: LimitedRoom
    /// Of a table that other route servers write, too: whose route to a prefix comes before ours.
    var preferredServers: [IPPrefix: String] = [:]
    /// How many changes are on their way to the table.
    var unconfirmedCount = 0

    init(
        _ table: RouteServerConfiguration.PropagatedTable, of configuration: RouteServerConfiguration,
        state: RouteServerObjectState
    ) {
        self.table = table
        localRoutePolicy = configuration.localRoutePolicy
        room = LimitedRoom(configuration.quotas, limit: configuration.quotas.propagatedRoutesPerTable.effectiveLimit)
        self.state = state
        staticPrefixes = Set(table.staticPrefixes)
        localPrefixes = Set(table.localPrefixes)
        permittedPrefixes = table.permittedPrefixes.map(Set.init)
    }

    /// Whether routes are written to the table.
    var isEnabled: Bool { state == .available || state == .pending }

    /// Why a route to a prefix has no place in the table, whatever its next hop; nil where it has.
    ///
    /// A static route for the same prefix is preferred to a propagated one (Amazon VPC User Guide, "Route table priority").
    /// The local route is treated alike where the prefix is the VPC's block itself, which is assumed. A prefix inside the
    /// block is more specific and wins, as the routes of a gateway's table to a subnet must.
    func objection(to prefix: IPPrefix) -> Objection? {
        if staticPrefixes.contains(prefix) {
            return .staticRoute
        }
        if let permittedPrefixes, !permittedPrefixes.contains(prefix) {
            return .gatewayRoute
        }
        if localPrefixes.contains(prefix) {
            return .localRoute(prefix)
        }
        if localRoutePolicy == .localFirst, let block = table.localPrefixes.first(where: { $0.contains(prefix) }) {
            return .localRoute(block)
        }
        return nil
    }

    /// What keeps a propagated route out of a table.
    enum Objection: Hashable, Sendable {
        case staticRoute
        case localRoute(IPPrefix)
        /// The table is an internet gateway's, and the prefix is none that such a table may have a route to.
        case gatewayRoute
    }
}
