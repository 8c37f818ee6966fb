// SPDX-License-Identifier: MIT-0
package import RouteServer
package import VPC
package import WireFormat

/// What the route servers that write a host's route table know of some prefixes, as seen by the host's packets.
package struct GoverningDatabase: Hashable, Sendable {
    /// The route server whose route is followed for the first of the prefixes.
    package var node: String
    /// The routes: those that are followed first, `inFIB`, and then all others, `inRIB`.
    package var routes: [RoutingDatabase.Route]

    /// Puts together what each of several route servers knows, in the order in which their routes are followed.
    ///
    /// Nil where none answers.
    package init?(_ answers: [(node: String, database: RoutingDatabase)], of prefixes: [IPPrefix]) {
        guard let first = answers.first else { return nil }
        var followed: [RoutingDatabase.Route] = []
        var others: [RoutingDatabase.Route] = []
        for answer in answers {
            for var route in answer.database.routes {
                if route.status == .inFIB, !followed.contains(where: { $0.prefix == route.prefix }) {
                    followed.append(route)
                } else {
                    route.status = .inRIB
                    others.append(route)
                }
            }
        }
        let governing = answers.first { answer in
            answer.database.routes.contains { $0.status == .inFIB && $0.prefix == prefixes.first }
        }
        node = governing?.node ?? first.node
        routes = followed + others
    }

    /// The instance that a prefix's traffic goes to; nil where no path is followed.
    package func activeInstance(for prefix: IPPrefix) -> String? {
        routes.first { $0.prefix == prefix && $0.status == .inFIB }?.instance
    }
}

extension LabLayout {
    /// The route servers that decide where a host's packets go, in the order in which their routes are followed: those that
    /// write the host's table, or all of them if none writes it.
    package func governingRouteServers(ofHost host: String) -> [RouteServerObject] {
        let table = propagatedTable(ofHost: host)
        let servers = TablePrecedence(options.tablePrecedence, in: model).servers
        let writing = servers.filter { server in
            model.routeTables.contains { $0.name == table && server.propagations.contains($0.logicalID) }
        }
        return writing.isEmpty ? servers : writing
    }
}
