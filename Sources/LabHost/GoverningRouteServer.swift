// SPDX-License-Identifier: MIT-0
internal import BGP
package import LabModel
internal import NodeProtocol
internal import RouteServer
internal import VPC
package import WireFormat

/// Which of several route servers decides where a host's packets go.
extension Lab {
    /// Asks all route servers that write a host's table, or all route servers if none writes it.
    ///
    /// - Throws: `LabError` without a route server.
    package func governingDatabase(of prefixes: [IPPrefix], for host: String) throws -> GoverningDatabase {
        let answers = try layout.governingRouteServers(ofHost: host).map { server in
            let node = LabPlan.node(of: server, in: state.model)
            return (node: node, database: try NodeClient(node, in: directory).ask(GetRoutingDatabase(of: prefixes)))
        }
        guard let database = GoverningDatabase(answers, of: prefixes) else {
            throw LabError("the template has no route server")
        }
        return database
    }

    /// The instance that gets the first floating IP's traffic, or that of the first host behind firewalls.
    package func activeInstance() throws -> String {
        guard let prefix = layout.movedPrefixes.first else {
            throw LabError("the lab has no floating IP and no firewall that a route server could move traffic between")
        }
        return try activeInstance(for: prefix)
    }

    /// The instance that gets a prefix's traffic from the test host.
    package func activeInstance(for prefix: IPPrefix) throws -> String {
        // Without a test host, no table counts more than another.
        let database = try governingDatabase(of: [prefix], for: (try? layout.testHost()) ?? "")
        guard let active = database.activeInstance(for: prefix) else {
            throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
        }
        return active
    }

    /// The instance that gets each floating IP's traffic from the test host; only of floating IPs with a route.
    package func activeInstances() throws -> [String] {
        guard !state.model.routeServers.isEmpty else { return [] }
        let prefixes = layout.movedPrefixes
        // Without a test host, no table counts more than another.
        let database = try governingDatabase(of: prefixes, for: (try? layout.testHost()) ?? "")
        return prefixes.compactMap(database.activeInstance(for:))
    }

    /// The instance that the first floating IP leads to, by the name of each table that has a route to it.
    package func activeInstancesByTable() throws -> [String: String] {
        guard let prefix = layout.movedPrefixes.first else { return [:] }
        let pairs = try routeTables().compactMap { table in
            table.routes.first { $0.destination == prefix }?.instance.map { (table.name, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
