// SPDX-License-Identifier: MIT-0
package import NodeProtocol
package import VPC

/// The route servers of a lab in the order in which their routes are followed where several write one route table.
///
/// AWS does not say which of two propagated routes to one prefix it follows: the order is a setting, and assumed. The kernel
/// keeps it by the routes' metric, so that the next one takes over in the moment in which the first is withdrawn.
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

    /// Those of a route server's tables that others write, too, by their logical ids.
    private func sharedTables(of server: RouteServerObject) -> [String] {
        server.propagations.filter { table in
            servers.contains { $0.logicalID != server.logicalID && $0.propagations.contains(table) }
        }
    }

    /// What a route server's program is to know of the tables that it shares; nil where it shares none.
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

    /// The kernel's numbers of all tables that more than one route server writes.
    package var sharedKernelTables: Set<UInt32> {
        Set(servers.flatMap { sharedTables(of: $0) }.compactMap { LabPlan.kernelTable(of: $0, in: model) })
    }

    /// What people are to be told of it; nil where no table is shared.
    package var note: String? {
        let sharing = servers.filter { !sharedTables(of: $0).isEmpty }
        guard sharing.count > 1 else { return nil }
        let names = sharing.map(\.name).joined(separator: ", then that of ")
        return "several route servers write one route table: of routes to one prefix that of \(names) is followed "
            + "(assumed)"
    }
}

extension LabBlueprint {
    /// What is assumed of route tables that several route servers write; nil where there is none.
    package var tablePrecedenceNote: String? {
        TablePrecedence(options.tablePrecedence, in: model).note
    }

    /// - Throws: `LabError` for a name in the precedence that no route server has.
    package func checkTablePrecedence() throws {
        for name in options.tablePrecedence ?? [] where !model.routeServers.contains(where: { $0.name == name }) {
            let names = model.routeServers.map(\.name).joined(separator: ", ")
            throw LabError("the template has no route server '\(name)'", advice: "its route servers are \(names)")
        }
    }
}
