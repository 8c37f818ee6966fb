// SPDX-License-Identifier: MIT-0
internal import VPC
package import WireFormat

/// A VPC route table as it now is in the kernel, in AWS's terms (DescribeRouteTables).
package struct VPCRouteTable: Hashable, Sendable, Codable {
    package struct Route: Hashable, Sendable, Codable {
        package enum Origin: String, Hashable, Sendable, Codable {
            /// The `local` route of a CIDR block.
            case createRouteTable = "CreateRouteTable"
            /// A static route.
            case createRoute = "CreateRoute"
            /// Propagated by a route server.
            case advertisement = "Advertisement"
        }

        package enum State: String, Hashable, Sendable, Codable {
            case active
            /// The target does not exist.
            case blackhole
        }

        package var destination: IPPrefix
        /// `local`, or the id of a network interface or an internet gateway.
        package var target: String
        package var instance: String?
        /// Only for propagated routes: the BGP next hop.
        package var nextHop: IPAddress?
        package var origin: Origin
        package var state: State
        /// Why it is a black hole; nil if it is not.
        package var reason: String?

        private enum CodingKeys: String, CodingKey {
            case destination, target, instance, origin, state, reason
            case nextHop = "next_hop"
        }
    }

    package var name: String
    package var id: String
    package var isMain: Bool
    /// The subnets that use it; for the main table, including those without an association of their own.
    package var subnets: [String]
    /// The associated internet gateway, whose incoming traffic the table routes.
    package var gateway: String?
    /// The route servers that propagate routes to it.
    package var propagatingRouteServers: [String]
    package var routes: [Route]

    private enum CodingKeys: String, CodingKey {
        case name, id, routes, subnets, gateway
        case isMain = "main"
        case propagatingRouteServers = "propagating_route_servers"
    }
}

/// A route that a route server has written, as the kernel has it.
package struct PropagatedRoute: Hashable, Sendable {
    package var destination: IPPrefix
    package var nextHop: IPAddress
    /// Of several to one destination the one with the lowest is followed.
    package var metric: UInt32

    package init(destination: IPPrefix, nextHop: IPAddress, metric: UInt32) {
        self.destination = destination
        self.nextHop = nextHop
        self.metric = metric
    }
}

extension LabLayout {
    /// The VPC's route tables.
    ///
    /// - Parameters:
    ///   - propagated: What route servers have written into each table, by its logical id.
    ///   - absences: Why a route to a network interface is a black hole, by the interface's logical id.
    package func routeTables(
        propagated: [String: [PropagatedRoute]], absences: [String: String]
    ) -> [VPCRouteTable] {
        model.routeTables.map { table in
            // A static route to the block itself replaces the local one's target.
            let local = model.cidrBlocks.filter { block in !table.routes.contains { $0.destination == block } }
                .map {
                    VPCRouteTable.Route(
                        destination: $0, target: "local", instance: nil, nextHop: nil, origin: .createRouteTable,
                        state: .active)
                }
            // Among several route servers' routes to one prefix, only the one in use belongs to the table.
            let followed = Dictionary(
                (propagated[table.logicalID] ?? []).map { ($0.destination, $0) },
                uniquingKeysWith: { $0.metric <= $1.metric ? $0 : $1 }
            ).values.map { propagatedRoute($0, absences) }
            let gateway = model.internetGateway
            return VPCRouteTable(
                name: table.name, id: table.id, isMain: table.isMain,
                subnets: model.subnets.filter { $0.routeTable == table.logicalID }.map(\.name),
                gateway: gateway?.routeTable == table.logicalID ? gateway?.name : nil,
                propagatingRouteServers: model.routeServers.filter { $0.propagations.contains(table.logicalID) }
                    .map(\.name),
                routes: local + table.routes.map { staticRoute($0, absences) }
                    + followed.sorted { $0.destination < $1.destination })
        }
    }

    /// Why a route to a network interface is a black hole, by the interface's logical id: it is not attached to an instance,
    /// or the instance does not run, or its link is gone.
    ///
    /// A route server's interfaces are AWS's.
    /// - Parameters:
    ///   - running: The instances that run.
    ///   - isPlugged: Whether the port of a cable's near end is there, and up.
    package func absences(running: Set<String>, isPlugged: (LabPlan.Cable) -> Bool) -> [String: String] {
        var absences: [String: String] = [:]
        let endpoints = Set(model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
        for interface in model.networkInterfaces where !endpoints.contains(interface.logicalID) {
            guard let instance = instance(of: interface) else {
                absences[interface.logicalID] = "\(interface.name) is not attached to an instance"
                continue
            }
            guard running.contains(instance) else {
                absences[interface.logicalID] = "\(instance) does not run"
                continue
            }
            let cable = plan.cables.first { $0.far.macAddress == interface.macAddress }
            guard let cable, isPlugged(cable) else {
                absences[interface.logicalID] = "\(interface.name) is down"
                continue
            }
        }
        return absences
    }

    private func propagatedRoute(_ route: PropagatedRoute, _ absences: [String: String]) -> VPCRouteTable.Route {
        let owner = model.networkInterfaces.first { $0.addresses.contains(route.nextHop) }
        let reason = owner.map { absences[$0.logicalID] } ?? "no network interface has \(route.nextHop)"
        return VPCRouteTable.Route(
            destination: route.destination, target: owner?.id ?? "\(route.nextHop)",
            instance: owner.flatMap(instance(of:)), nextHop: route.nextHop, origin: .advertisement,
            state: reason == nil ? .active : .blackhole, reason: reason)
    }

    private func staticRoute(_ route: StaticRoute, _ absences: [String: String]) -> VPCRouteTable.Route {
        var row = VPCRouteTable.Route(
            destination: route.destination, target: "", instance: nil, nextHop: nil, origin: .createRoute,
            state: .active)
        switch route.target {
        case .internetGateway:
            row.target = model.internetGateway?.id ?? "igw"
        case .networkInterface(let logicalID):
            let interface = model.networkInterface(logicalID)
            row.target = interface?.id ?? logicalID
            row.instance = interface.flatMap(instance(of:))
            row.reason = absences[logicalID]
            row.state = row.reason == nil ? .active : .blackhole
        }
        return row
    }

    private func instance(of interface: NetworkInterface) -> String? {
        model.instances.first { $0.networkInterfaces.contains(interface.logicalID) }?.name
    }
}
