// SPDX-License-Identifier: MIT-0

// Faults of a whole place: an availability zone, or the route server.

extension FaultName {
    /// A whole availability zone falls silent: every instance and every route server endpoint in it, and its subnets.
    package static let azDown = FaultName(describing: "az-down")
    /// The route server's program is killed and started again; the routes that it wrote stay in the tables.
    package static let routeServerRestart = FaultName(describing: "route-server-restart")
}

extension FaultDescription {
    static let placeFaults = [
        FaultDescription(
            .azDown, "all links of a zone drop all", targets: [.availabilityZone], usualTarget: .zoneOfActiveInstance,
            steps: [FaultStep(.stopForwarding)], undo: .forwardAgain,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .routeServerRestart, "SIGKILL to it, then started again", targets: [.routeServer],
            usualTarget: .routeServer,
            steps: [
                FaultStep(.killRouteServer, note: "SIGKILL to the route server; its sockets are closed"),
                FaultStep(.startRouteServer, note: "it runs again"),
            ],
            undo: .startRouteServer,
            sights: Sights(bgp: .ownEnd, bfd: .silence, connection: .closed),
            // Its sessions come back one by one, and the first takes the traffic along.
            answering: .yes, sessions: .none, movement: .chance, movementIgnoresTarget: true, keepsRoutes: true),
    ]
}
