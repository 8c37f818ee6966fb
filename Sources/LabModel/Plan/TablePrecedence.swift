// SPDX-License-Identifier: MIT-0
package import NodeProtocol
package import VPC

/// The route servers of a lab in the order in which their routes are preferred in a shared route table.
///
/// AWS does not document which of two propagated routes to one prefix is used: the order is a setting, and assumed. The
/// kernel applies it by the routes' metrics, so the next one takes over at the moment when the first is withdrawn.
package struct TablePrecedence {
    /// The metric of the first one's routes; static routes have a lower one.
    private static let firstMetric: UInt32 = 100

    package let servers: [RouteServerObject]
    private let model: VPCModel

    package init(_ names: [String]?, in model: VPCModel) {
        self.model = model
        let named = (names ?? []).compactMap { name in model.routeServers.first { $0.name == name } }
        servers = named + model.routeServers.filter { !named.contains($0) }
    }

    /// A route server's tables that others also write, by logical id.
    private func sharedTables(of server: RouteServerObject) -> [String] {
        server.propagations.filter { table in
            servers.contains { $0.logicalID != server.logicalID && $0.propagations.contains(table) }
        }
    }

    /// What a route server's program must know about the tables that it shares; nil if it shares none.
    package func sharedRouteTables(of server: RouteServerObject) -> SharedRouteTables? {
        let tables = sharedTables(of: server)
        guard let rank = servers.firstIndex(of: server), !tables.isEmpty else { return nil }
        var preferred: [UInt32: [UInt32: String]] = [:]
        for table in tables {
            guard let number = LabPlan.kernelTable(of: table, in: model) else { continue }
            preferred[number] = [:]
            for (place, other) in servers.prefix(rank).enumerated() where other.propagations.contains(table) {
                preferred[number]?[Self.firstMetric + UInt32(place)] = other.name
            }
        }
        return SharedRouteTables(metric: Self.firstMetric + UInt32(rank), preferred: preferred)
    }

    /// The kernel numbers of all tables that more than one route server writes.
    package var sharedKernelTables: Set<UInt32> {
        Set(servers.flatMap { sharedTables(of: $0) }.compactMap { LabPlan.kernelTable(of: $0, in: model) })
    }

    /// A message about the order; nil if no table is shared.
    package var note: String? {
        let sharing = servers.filter { !sharedTables(of: $0).isEmpty }
        guard sharing.count > 1 else { return nil }
        let names = sharing.map(\.name).joined(separator: ", then that of ")
        return "several route servers write one route table: for the same prefix, the route of \(names) is used "
            + "(assumed)"
    }
}

extension LabBlueprint {
    /// The assumption about route tables that several route servers write; nil if there are none.
    package var tablePrecedenceNote: String? {
        TablePrecedence(options.tablePrecedence, in: model).note
    }

    /// - Throws: `LabError` if a name in the precedence is not a route server's.
    package func checkTablePrecedence() throws {
        for name in options.tablePrecedence ?? [] where !model.routeServers.contains(where: { $0.name == name }) {
            let names = model.routeServers.map(\.name).joined(separator: ", ")
            throw LabError("the template has no route server '\(name)'", advice: "its route servers are \(names)")
        }
    }
}
