// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
package import WireFormat

/// Everything a route server knows about routes, in the form of AWS's GetRouteServerRoutingDatabase.
///
/// ORIGIN, the owner of the next hop and the instant are additions; AWS's record has none of them.
package struct RoutingDatabase: Hashable, Sendable, Codable {
    /// Whether a route was only learned, or won.
    package enum RouteStatus: String, Hashable, Sendable, Codable {
        case inRIB = "in-rib"
        case inFIB = "in-fib"
    }

    /// The outcome of a route in one route table.
    package struct Installation: Hashable, Sendable, Codable {
        /// AWS's RouteInstallationStatus.
        package enum Status: String, Hashable, Sendable, Codable {
            case installed, rejected
        }

        /// The VPC route table's name.
        package var table: String
        /// `rtb-` and 17 hexadecimal digits.
        package var tableID: String
        package var status: Status
        /// Why it was rejected.
        package var reason: RouteRejection?
    }

    /// A route that a peer announces and import drops.
    package struct DroppedRoute: Hashable, Sendable, Codable {
        package var endpoint: String
        package var peer: PeerID
        package var peerAddress: IPAddress
        package var prefix: IPPrefix
        package var reason: ImportDrop
    }

    /// One path: one peer's route to one prefix.
    package struct Route: Hashable, Sendable, Codable {
        package var endpoint: String
        package var peer: PeerID
        /// The peer's id in AWS's form.
        package var peerResourceID: String
        package var peerAddress: IPAddress
        package var prefix: IPPrefix
        package var nextHop: IPAddress
        package var asPath: ASPath
        package var multiExitDiscriminator: UInt32?
        package var origin: Origin
        package var status: RouteStatus
        /// One entry for each table that the route was written to or kept out of.
        ///
        /// A change that the kernel has not yet confirmed, or that is delayed, has no entry.
        package var installations: [Installation]
        /// The owner of the next hop.
        package var networkInterface: String?
        package var instance: String?
        package var since: Instant
    }

    package var routeServer: String
    /// Whether the routes outlive their sessions: AWS's persist routes.
    package var areRoutesPersisted: Bool
    /// In prefix order, the winner of each prefix first.
    package var routes: [Route]
    /// What AWS's record has none of.
    package var droppedRoutes: [DroppedRoute] = []
}

extension RouteServerMachine {
    /// The present routing database; while routes are persisted, that of when the last session ended.
    ///
    /// Paths that import drops are apart.
    package func database() -> RoutingDatabase {
        database(of: routes.table.sortedPrefixes())
    }

    /// The routing database of only some prefixes, in their order.
    package func database(of prefixes: [IPPrefix]) -> RoutingDatabase {
        var rows: [RoutingDatabase.Route] = []
        var dropped: [RoutingDatabase.DroppedRoute] = []
        for prefix in prefixes {
            let best = routes.table.best(prefix)
            for path in routes.table.paths(prefix) {
                if let reason = path.exclusion?.drop(by: configuration.asn) {
                    let peer = view(path, to: prefix).peer
                    dropped.append(
                        .init(
                            endpoint: peer.endpoint, peer: peer.id, peerAddress: peer.address, prefix: prefix,
                            reason: reason))
                } else {
                    rows.append(row(path, to: prefix, isBest: path.source == best?.source))
                }
            }
        }
        return RoutingDatabase(
            routeServer: configuration.name, areRoutesPersisted: areRoutesPersisted, routes: rows,
            droppedRoutes: dropped)
    }

    private func row(_ path: RoutingTable.Path, to prefix: IPPrefix, isBest: Bool) -> RoutingDatabase.Route {
        let view = view(path, to: prefix)
        let isInFIB = isBest && !fib.isWaiting(prefix)
        return RoutingDatabase.Route(
            endpoint: view.peer.endpoint, peer: view.peer.id, peerResourceID: view.peer.resourceID,
            peerAddress: view.peer.address, prefix: prefix,
            nextHop: view.attributes.nextHop, asPath: view.attributes.asPath,
            multiExitDiscriminator: view.attributes.multiExitDiscriminator, origin: view.attributes.origin,
            status: isInFIB ? .inFIB : .inRIB, installations: installations(of: path, to: prefix, isBest: isBest),
            networkInterface: view.owner?.networkInterface, instance: view.owner?.instance, since: view.since)
    }

    private func installations(
        of path: RoutingTable.Path, to prefix: IPPrefix, isBest: Bool
    ) -> [RoutingDatabase.Installation] {
        let enabled = propagations.indices.filter { propagations[$0].isEnabled }
        if let reason = reasonOutsideTables(path, to: prefix, isBest: isBest) {
            return enabled.map { installation(in: $0, .rejected, reason) }
        }
        guard isBest else { return [] }
        return enabled.compactMap { number in
            if let objection = propagations[number].objection(to: prefix) {
                return installation(in: number, .rejected, objection.reason(prefix))
            }
            if propagations[number].room.isWaiting(prefix) {
                let limit = configuration.quotas.propagatedRoutesPerTable.limit
                return installation(in: number, .rejected, .tableQuota(limit: limit))
            }
            guard let entries = installations[prefix], number < entries.count else { return nil }
            if let error = entries[number].error {
                return installation(in: number, .rejected, .refusedByKernel(error))
            }
            let isInstalled = entries[number].installed == owner(path, of: prefix)?.address
            guard isInstalled else { return nil }
            if let other = propagations[number].preferredServers[prefix] {
                return installation(in: number, .rejected, .preferredRouteServer(other, prefix))
            }
            return installation(in: number, .installed, nil)
        }
    }

    /// Why a route is in no table at all; nil for one that is, or that only lost to a better one.
    private func reasonOutsideTables(_ path: RoutingTable.Path, to prefix: IPPrefix, isBest: Bool) -> RouteRejection? {
        let quotas = configuration.quotas
        if path.exclusion == .quotaExceeded {
            return .peerQuota(limit: quotas.routesPerPeer.limit)
        }
        if owner(path, of: prefix) == nil {
            return .noNetworkInterface(nextHop: path.attributes.value.nextHop)
        }
        return isBest && fib.isWaiting(prefix) ? .fibQuota(limit: quotas.routesInFIB.limit) : nil
    }

    private func installation(
        in number: Int, _ status: RoutingDatabase.Installation.Status, _ reason: RouteRejection?
    ) -> RoutingDatabase.Installation {
        let table = propagations[number].table
        return .init(table: table.name, tableID: table.resourceID, status: status, reason: reason)
    }
}

extension RoutingTable.Exclusion {
    /// Why import drops a path; nil for one that only cannot win.
    fileprivate func drop(by asn: ASN) -> ImportDrop? {
        switch self {
        case .asLoop: .ownASN(asn)
        case .multicast: .multicast
        case .nextHopUnresolvable, .quotaExceeded: nil
        }
    }
}

extension Propagation.Objection {
    fileprivate func reason(_ prefix: IPPrefix) -> RouteRejection {
        switch self {
        case .staticRoute: .staticRoute(prefix)
        case .localRoute(let block): .localRoute(block)
        case .gatewayRoute: .notForGateway(prefix)
        }
    }
}

extension RouteServerMachine {
    /// The rows of a family's RIB listing: all paths but those that import drops, the winner of each prefix first.
    package func rows(_ family: AddressFamily, at now: Instant) -> [RIBRow] {
        routes.table.sortedPrefixes().filter { $0.family == family }.flatMap { prefix in
            let best = routes.table.best(prefix)
            return routes.table.paths(prefix).filter { !$0.isDropped }.map { path in
                let view = view(path, to: prefix)
                return RIBRow(
                    prefix: prefix, attributes: view.attributes, age: now - path.since,
                    isBest: path.source == best?.source, isValid: path.exclusion == nil, neighbor: view.peer.address,
                    endpoint: view.peer.endpoint)
            }
        }
    }
}
