// SPDX-License-Identifier: MIT-0
internal import BGP
internal import LabModel
internal import NodeProtocol
package import RouteServer
internal import VPC
package import WireFormat

/// Which of several route servers decides where a host's packets go.
extension Lab {
    /// What the route servers that write a host's route table know of some prefixes, as seen by the host's packets.
    package struct GoverningDatabase {
        /// The route server whose route is followed for the first of the prefixes.
        package var node: String
        /// The routes: those that are followed first, `inFIB`, and then all others, `inRIB`.
        package var routes: [RoutingDatabase.Route]
    }

    /// Asks all route servers that write a host's table, or all route servers if none writes it.
    ///
    /// - Throws: `LabError` without a route server.
    package func governingDatabase(of prefixes: [IPPrefix], for host: String) throws -> GoverningDatabase {
        let table = propagatedTable(ofHost: host)
        let servers = TablePrecedence(state.options.tablePrecedence, in: state.model).servers
        let writing = servers.filter { server in
            state.model.routeTables.contains { $0.name == table && server.propagations.contains($0.logicalID) }
        }
        var answers: [(node: String, routes: [RoutingDatabase.Route])] = []
        for server in writing.isEmpty ? servers : writing {
            let node = LabPlan.node(of: server, in: state.model)
            let database = try NodeClient(node, in: directory).ask(GetRoutingDatabase(of: prefixes))
            answers.append((node: node, routes: database.routes))
        }
        guard let first = answers.first else { throw LabError("the template has no route server") }
        var followed: [RoutingDatabase.Route] = []
        var others: [RoutingDatabase.Route] = []
        for answer in answers {
            for var route in answer.routes {
                if route.status == .inFIB, !followed.contains(where: { $0.prefix == route.prefix }) {
                    followed.append(route)
                } else {
                    route.status = .inRIB
                    others.append(route)
                }
            }
        }
        let node = answers.first { answer in
            answer.routes.contains { $0.status == .inFIB && $0.prefix == prefixes.first }
        }
        return GoverningDatabase(node: node?.node ?? first.node, routes: followed + others)
    }

    /// The instance that gets the first floating IP's traffic, or that of the first host behind firewalls.
    package func activeInstance() throws -> String {
        guard let prefix = movedPrefixes.first else {
            throw LabError("the lab has no floating IP and no firewall that a route server could move traffic between")
        }
        return try activeInstance(for: prefix)
    }

    /// The instance that gets a prefix's traffic from the test host.
    package func activeInstance(for prefix: IPPrefix) throws -> String {
        // Without a test host, no table counts more than another.
        let routes = try governingDatabase(of: [prefix], for: (try? testHost()) ?? "").routes
        if let active = routes.first(where: { $0.prefix == prefix && $0.status == .inFIB })?.instance {
            return active
        }
        throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
    }

    /// The instance that gets each floating IP's traffic from the test host; only of floating IPs with a route.
    package func activeInstances() throws -> [String] {
        guard !routeServerNodes.isEmpty else { return [] }
        let addresses = movedPrefixes
        // Without a test host, no table counts more than another.
        let routes = try governingDatabase(of: addresses, for: (try? testHost()) ?? "").routes
        return addresses.compactMap { prefix in
            routes.first { $0.prefix == prefix && $0.status == .inFIB }?.instance
        }
    }

    /// The instance that the first floating IP leads to, by the name of each table that has a route to it.
    package func activeInstancesByTable() throws -> [String: String] {
        guard let prefix = movedPrefixes.first else { return [:] }
        let pairs = try routeTables().compactMap { table in
            table.routes.first { $0.destination == prefix }?.instance.map { (table.name, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
