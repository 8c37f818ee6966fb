// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// Everything a route server knows about routes, in the shape of AWS's GetRouteServerRoutingDatabase.
///
/// ORIGIN, the owner of the next hop and the instant are ours; AWS's record has none of them.
package struct RoutingDatabase: Hashable, Sendable, Codable {
    /// Whether a route was learned only, or won.
    package enum RouteStatus: String, Hashable, Sendable, Codable {
        case inRIB = "in-rib"
        case inFIB = "in-fib"
    }

    /// What became of a route in one route table.
    package struct Installation: Hashable, Sendable, Codable {
        /// AWS's RouteInstallationStatus.
        package enum Status: String, Hashable, Sendable, Codable {
            case installed, rejected
        }

        /// The VPC route table's name.
        package var table: String
        package var status: Status
        /// Why it was rejected.
        package var reason: String?
    }

    /// One path: what one peer says about one prefix.
    package struct Route: Hashable, Sendable, Codable {
        package var endpoint: String
        package var peer: PeerID
        package var peerAddress: IPAddress
        package var prefix: IPPrefix
        package var nextHop: IPAddress
        package var asPath: ASPath
        package var multiExitDiscriminator: UInt32?
        package var origin: Origin
        package var status: RouteStatus
        /// One entry for each table that the route was written to or kept out of.
        ///
        /// A change that the kernel has not yet confirmed has no entry.
        package var installations: [Installation]
        /// Who owns the next hop.
        package var networkInterface: String?
        package var instance: String?
        package var since: Instant
    }

    package var routeServer: String
    /// Whether the routes outlive their sessions: AWS's persist routes, which is not rehearsed.
    package var areRoutesPersisted: Bool
    /// In the order of the prefixes, the winner of each first.
    package var routes: [Route]
}

extension RouteServerMachine {
    /// The routing database as it is now.
    ///
    /// Paths that were not taken because of an AS loop are not in it.
    package func database() -> RoutingDatabase {
        database(of: routes.sortedPrefixes())
    }

    /// The routing database of some prefixes alone, in their order.
    package func database(of prefixes: [IPPrefix]) -> RoutingDatabase {
        var rows: [RoutingDatabase.Route] = []
        for prefix in prefixes {
            let best = routes.best(prefix)
            for path in routes.paths(prefix) where path.exclusion != .asLoop {
                rows.append(row(path, to: prefix, isBest: path.source == best?.source))
            }
        }
        return RoutingDatabase(routeServer: configuration.name, areRoutesPersisted: false, routes: rows)
    }

    private func row(_ path: RoutingTable.Path, to prefix: IPPrefix, isBest: Bool) -> RoutingDatabase.Route {
        let view = view(path)
        return RoutingDatabase.Route(
            endpoint: view.peer.endpoint, peer: view.peer.id, peerAddress: view.peer.address, prefix: prefix,
            nextHop: view.attributes.nextHop, asPath: view.attributes.asPath,
            multiExitDiscriminator: view.attributes.multiExitDiscriminator, origin: view.attributes.origin,
            status: isBest ? .inFIB : .inRIB, installations: installations(of: view, to: prefix, isBest: isBest),
            networkInterface: view.owner?.networkInterface, instance: view.owner?.instance, since: view.since)
    }

    private func installations(
        of path: RouteServerPath, to prefix: IPPrefix, isBest: Bool
    ) -> [RoutingDatabase.Installation] {
        guard path.owner != nil else {
            let reason = "no network interface in the VPC has the next hop \(path.attributes.nextHop)"
            return configuration.propagations.map { .init(table: $0.name, status: .rejected, reason: reason) }
        }
        guard isBest else { return [] }
        return configuration.propagations.indices.compactMap { number in
            let name = configuration.propagations[number].name
            if table.hasStaticRoute(number, to: prefix) {
                let reason = "the route table has a static route to \(prefix)"
                return .init(table: name, status: .rejected, reason: reason)
            }
            guard let entry = installations[prefix]?[number] else { return nil }
            if let error = entry.error {
                return .init(table: name, status: .rejected, reason: error)
            }
            return entry.installed == path.attributes.nextHop ? .init(table: name, status: .installed) : nil
        }
    }
}

extension RouteServerMachine {
    /// The rows of the RIB listing of a family: all paths but those of an AS loop, the winner of each prefix first.
    package func rows(_ family: AddressFamily, at now: Instant) -> [RIBRow] {
        routes.sortedPrefixes().filter { $0.family == family }.flatMap { prefix in
            let best = routes.best(prefix)
            return routes.paths(prefix).filter { $0.exclusion != .asLoop }.map { path in
                let view = view(path)
                return RIBRow(
                    prefix: prefix, attributes: view.attributes, age: now - path.since,
                    isBest: path.source == best?.source, isValid: path.exclusion == nil, neighbor: view.peer.address,
                    endpoint: view.peer.endpoint)
            }
        }
    }
}
