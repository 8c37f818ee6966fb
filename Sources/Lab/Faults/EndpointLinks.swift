// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import NetlinkTopology
internal import VPC

/// The links of the route server endpoints that an instance has sessions with, as ports of their subnets.
final class EndpointLinks {
    private final class Port {
        let endpoint: String
        let index: Int32
        let socket: TopologySocket

        init(_ cable: LabPlan.Cable, endpoint: String, in lab: Lab) throws {
            self.endpoint = endpoint
            index = cable.near.index
            socket = try TopologySocket(in: try lab.namespace(cable.near.namespace).namespace)
        }
    }

    private let ports: [Port]

    /// Opens its sockets, so that nothing has to be opened while a fault is timed.
    init(of instance: String, in lab: Lab) throws {
        let model = lab.state.model
        let addresses = model.instances.first { $0.name == instance }.map { model.addresses(of: $0) } ?? []
        var ports: [Port] = []
        for server in model.routeServers {
            let node = LabPlan.node(of: server, in: model)
            for peer in server.peers where addresses.contains(peer.address) {
                guard let endpoint = server.endpoints.first(where: { $0.logicalID == peer.endpoint }),
                    let cable = lab.plan.cables.first(where: {
                        $0.far.namespace == node && $0.far.name == LabPlan.linkName(endpoint.name)
                    })
                else { continue }
                ports.append(try Port(cable, endpoint: endpoint.name, in: lab))
            }
        }
        self.ports = ports
    }

    var endpoints: [String] { ports.map(\.endpoint) }

    /// Drops everything in both directions, of the first endpoint or of all; the carrier stays.
    func setForwarding(_ isForwarding: Bool, ofAll: Bool) throws(SystemError) {
        for port in ofAll ? ports[...] : ports.prefix(1) {
            try port.socket.setForwarding(port: port.index, isForwarding)
        }
    }
}
