// SPDX-License-Identifier: MIT-0
import WireFormat

/// One route table that a route server writes, and its contents.
struct Propagation: Sendable {
    private(set) var table: RouteServerConfiguration.PropagatedTable
    private let staticPrefixes: Set<IPPrefix>
    private let localPrefixes: Set<IPPrefix>
    private let permittedPrefixes: Set<IPPrefix>?
    private let localRoutePolicy: RouteServerConfiguration.LocalRoutePolicy
    /// `deleted` while the route server does not write the table; it may do so again.
    var state: RouteServerObjectState
    /// The routes that the table has or should have.
    var room: LimitedRoom
    /// In a table that other route servers also write: whose route to a prefix is preferred to ours.
    var preferredServers: [IPPrefix: String] = [:]
    /// How many changes to the table are not yet confirmed.
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

    /// Why the table cannot take a route to a prefix, whatever its next hop; nil if it can.
    ///
    /// A static route for the same prefix is preferred to a propagated one (Amazon VPC User Guide, "Route table
    /// priority"). The same is assumed of the local route if the prefix is the VPC's block itself. A prefix inside the
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
        /// The table is an internet gateway's, and such a table may not have a route to the prefix.
        case gatewayRoute
    }
}
