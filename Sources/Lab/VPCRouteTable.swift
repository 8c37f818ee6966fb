// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import NetlinkTopology
internal import VPC
package import WireFormat

/// A VPC route table as it is in the kernel now, in AWS's words (DescribeRouteTables).
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
            /// The target is not there.
            case blackhole
        }

        package var destination: IPPrefix
        /// `local`, or the id of a network interface or an internet gateway.
        package var target: String
        package var instance: String?
        /// Only on propagated routes: the BGP next hop.
        package var nextHop: IPAddress?
        package var origin: Origin
        package var state: State

        private enum CodingKeys: String, CodingKey {
            case destination, target, instance, origin, state
            case nextHop = "next_hop"
        }
    }

    package var name: String
    package var id: String
    package var isMain: Bool
    package var routes: [Route]

    private enum CodingKeys: String, CodingKey {
        case name, id, routes
        case isMain = "main"
    }
}

extension Lab {
    /// What a route server writes its routes with (RTPROT_BGP).
    private static let bgpProtocol: UInt8 = 186

    /// The VPC's route tables, read from the kernel.
    package func routeTables() throws -> [VPCRouteTable] {
        let socket = try TopologySocket(in: namespace(LabPlan.vpcNode).namespace)
        let present = try presentInterfaces()
        return try state.model.routeTables.map { table in
            guard let number = LabPlan.kernelTable(of: table.logicalID, in: state.model) else {
                throw LabError("route table \(table.name) has no number")
            }
            let rows = try socket.routes(table: number)
            let local = state.model.cidrBlocks.map {
                VPCRouteTable.Route(
                    destination: $0, target: "local", instance: nil, nextHop: nil, origin: .createRouteTable,
                    state: .active)
            }
            // Of several route servers' routes to one prefix only the one that is followed is the table's.
            let propagated = Dictionary(
                rows.filter { $0.protocolNumber == Self.bgpProtocol }.map { ($0.route.destination, $0) },
                uniquingKeysWith: { $0.priority <= $1.priority ? $0 : $1 }
            ).values.compactMap { row in
                row.route.gateway.map { route(to: row.route.destination, by: $0, present) }
            }
            return VPCRouteTable(
                name: table.name, id: table.id, isMain: table.isMain,
                routes: local + table.routes.map { staticRoute($0, present) }
                    + propagated.sorted { $0.destination < $1.destination })
        }
    }

    /// The network interfaces that are plugged in, by logical id.
    private func presentInterfaces() throws -> Set<String> {
        var present: Set<String> = []
        for subnet in state.model.subnets {
            let links = try TopologySocket(in: namespace(subnet.name).namespace).links()
            for interface in state.model.networkInterfaces where interface.subnet == subnet.logicalID {
                let cable = plan.cables.first { $0.far.macAddress == interface.macAddress }
                if links.contains(where: { $0.index == cable?.near.index && $0.isUp }) {
                    present.insert(interface.logicalID)
                }
            }
        }
        return present
    }

    private func route(
        to destination: IPPrefix, by nextHop: IPAddress, _ present: Set<String>
    ) -> VPCRouteTable.Route {
        let owner = state.model.networkInterfaces.first { $0.addresses.contains(nextHop) }
        return VPCRouteTable.Route(
            destination: destination, target: owner?.id ?? "\(nextHop)", instance: owner.flatMap(instance(of:)),
            nextHop: nextHop, origin: .advertisement,
            state: owner.map { present.contains($0.logicalID) } ?? false ? .active : .blackhole)
    }

    private func staticRoute(_ route: StaticRoute, _ present: Set<String>) -> VPCRouteTable.Route {
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
            row.state = present.contains(logicalID) ? .active : .blackhole
        }
        return row
    }

    private func instance(of interface: NetworkInterface) -> String? {
        state.model.instances.first { $0.networkInterfaces.contains(interface.logicalID) }?.name
    }
}
