// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import LinuxSystem
internal import NetlinkTopology
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

extension Lab {
    /// The protocol number of routes that a route server writes (RTPROT_BGP).
    private static let bgpProtocol: UInt8 = 186

    /// The VPC's route tables, read from the kernel.
    package func routeTables() throws -> [VPCRouteTable] {
        let socket = try TopologySocket(in: namespace(LabPlan.vpcNode).namespace)
        let absences = try absences()
        return try state.model.routeTables.map { table in
            guard let number = LabPlan.kernelTable(of: table.logicalID, in: state.model) else {
                throw LabError("route table \(table.name) has no number")
            }
            let rows = try socket.routes(table: number)
            // A static route to the block itself replaces the local one's target.
            let local = state.model.cidrBlocks.filter { block in !table.routes.contains { $0.destination == block } }
                .map {
                    VPCRouteTable.Route(
                        destination: $0, target: "local", instance: nil, nextHop: nil, origin: .createRouteTable,
                        state: .active)
                }
            // Among several route servers' routes to one prefix, only the one in use belongs to the table.
            let propagated = Dictionary(
                rows.filter { $0.protocolNumber == Self.bgpProtocol }.map { ($0.route.destination, $0) },
                uniquingKeysWith: { $0.priority <= $1.priority ? $0 : $1 }
            ).values.compactMap { row in
                row.route.gateway.map { route(to: row.route.destination, by: $0, absences) }
            }
            let gateway = state.model.internetGateway
            return VPCRouteTable(
                name: table.name, id: table.id, isMain: table.isMain,
                subnets: state.model.subnets.filter { $0.routeTable == table.logicalID }.map(\.name),
                gateway: gateway?.routeTable == table.logicalID ? gateway?.name : nil,
                propagatingRouteServers: state.model.routeServers.filter { $0.propagations.contains(table.logicalID) }
                    .map(\.name),
                routes: local + table.routes.map { staticRoute($0, absences) }
                    + propagated.sorted { $0.destination < $1.destination })
        }
    }

    /// Why a route to an interface is a black hole, by the interface's logical id.
    ///
    /// It is not attached to an instance, or the instance does not run, or its link is gone. A route server's
    /// interfaces are AWS's.
    private func absences() throws -> [String: String] {
        var absences: [String: String] = [:]
        let running = Set(try initClient.running().map(\.name))
        let endpoints = Set(state.model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
        var links: [String: [LinkRow]] = [:]
        for subnet in state.model.subnets {
            links[subnet.name] = try TopologySocket(in: namespace(subnet.name).namespace).links()
        }
        for interface in state.model.networkInterfaces where !endpoints.contains(interface.logicalID) {
            let cable = plan.cables.first { $0.far.macAddress == interface.macAddress }
            let isPlugged = cable.map { cable in
                links[cable.near.namespace]?.contains { $0.index == cable.near.index && $0.isUp } ?? false
            }
            if let instance = instance(of: interface) {
                if !running.contains(instance) {
                    absences[interface.logicalID] = "\(instance) does not run"
                } else if isPlugged != true {
                    absences[interface.logicalID] = "\(interface.name) is down"
                }
            } else {
                absences[interface.logicalID] = "\(interface.name) is not attached to an instance"
            }
        }
        return absences
    }

    private func route(
        to destination: IPPrefix, by nextHop: IPAddress, _ absences: [String: String]
    ) -> VPCRouteTable.Route {
        let owner = state.model.networkInterfaces.first { $0.addresses.contains(nextHop) }
        let reason = owner.map { absences[$0.logicalID] } ?? "no network interface has \(nextHop)"
        return VPCRouteTable.Route(
            destination: destination, target: owner?.id ?? "\(nextHop)", instance: owner.flatMap(instance(of:)),
            nextHop: nextHop, origin: .advertisement, state: reason == nil ? .active : .blackhole, reason: reason)
    }

    private func staticRoute(_ route: StaticRoute, _ absences: [String: String]) -> VPCRouteTable.Route {
        var row = VPCRouteTable.Route(
            destination: route.destination, target: "", instance: nil, nextHop: nil, origin: .createRoute,
            state: .active)
        switch route.target {
        case .internetGateway:
            row.target = state.model.internetGateway?.id ?? "igw"
        case .networkInterface(let logicalID):
            let interface = state.model.networkInterface(logicalID)
            row.target = interface?.id ?? logicalID
            row.instance = interface.flatMap(instance(of:))
            row.reason = absences[logicalID]
            row.state = row.reason == nil ? .active : .blackhole
        }
        return row
    }

    private func instance(of interface: NetworkInterface) -> String? {
        state.model.instances.first { $0.networkInterfaces.contains(interface.logicalID) }?.name
    }
}
