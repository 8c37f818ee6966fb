// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import WireFormat

@testable import RouteServer

// A routing database is only made by a route server that runs.

/// What a route server knows of one prefix from one instance.
func plantedRoute(
    _ status: RoutingDatabase.RouteStatus, of instance: String?, at peer: String, to destination: IPPrefix,
    installations: [(RoutingDatabase.Installation.Status, reason: RouteRejection?)] = []
) throws -> RoutingDatabase.Route {
    RoutingDatabase.Route(
        endpoint: "rse", peer: PeerID(instance ?? peer), peerResourceID: "rsp-\(peer)",
        peerAddress: try address(peer), prefix: destination, nextHop: try address(peer), asPath: ASPath(),
        multiExitDiscriminator: nil, origin: .igp, status: status,
        installations: installations.map { .init(table: "rtb", tableID: "rtb-1", status: $0.0, reason: $0.reason) },
        networkInterface: nil, instance: instance, since: .zero)
}

func plantedDatabase(_ routes: [RoutingDatabase.Route]) -> RoutingDatabase {
    RoutingDatabase(routeServer: "rs", areRoutesPersisted: false, routes: routes)
}
