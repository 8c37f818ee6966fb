// SPDX-License-Identifier: MIT-0
package import LabModel
internal import LinuxSystem
internal import NetlinkTopology
internal import VPC
internal import WireFormat

extension Lab {
    /// The protocol number of routes that a route server writes (RTPROT_BGP).
    private static let bgpProtocol: UInt8 = 186

    /// The VPC's route tables, read from the kernel.
    package func routeTables() throws -> [VPCRouteTable] {
        let layout = layout
        let socket = try TopologySocket(in: namespace(LabPlan.vpcNode).namespace)
        var propagated: [String: [PropagatedRoute]] = [:]
        for table in layout.model.routeTables {
            guard let number = LabPlan.kernelTable(of: table.logicalID, in: layout.model) else {
                throw LabError("route table \(table.name) has no number")
            }
            propagated[table.logicalID] = try socket.routes(table: number)
                .filter { $0.protocolNumber == Self.bgpProtocol }
                .compactMap { row in
                    row.route.gateway.map {
                        PropagatedRoute(destination: row.route.destination, nextHop: $0, metric: row.priority)
                    }
                }
        }
        return layout.routeTables(propagated: propagated, absences: try absences())
    }

    /// Why a route to an interface is a black hole, by the interface's logical id.
    private func absences() throws -> [String: String] {
        var ports: [String: Set<Int32>] = [:]
        for subnet in state.model.subnets {
            let links = try TopologySocket(in: namespace(subnet.name).namespace).links()
            ports[subnet.name] = Set(links.filter(\.isUp).map(\.index))
        }
        return layout.absences(running: Set(try initClient.running().map(\.name))) { cable in
            ports[cable.near.namespace]?.contains(cable.near.index) ?? false
        }
    }
}
