// SPDX-License-Identifier: MIT-0
package import NodeProtocol
package import RouteServer
package import VPC
package import WireFormat

/// An object that AWS names by an id, and a template by a logical id and perhaps a tag.
private protocol NamedResource {
    var id: String { get }
    var logicalID: String { get }
    var name: String { get }
}

extension NamedResource {
    fileprivate func isCalled(_ text: String) -> Bool { [id, logicalID, name].contains(text) }
}

extension VPCModel: NamedResource {}
extension Subnet: NamedResource {}
extension RouteTable: NamedResource {}
extension RouteServerObject: NamedResource {}
extension RouteServerEndpoint: NamedResource {}
extension RouteServerPeer: NamedResource {}

/// The route servers' objects of a lab, found as users name them: by id, or by logical id or name as in the template.
extension LabState {
    /// A route server's place in the model.
    package func routeServerNumber(_ name: String) throws(RouteServerRefusal) -> Int {
        guard
            let number = model.routeServers.firstIndex(where: { $0.isCalled(name) })
        else { throw .notFound(.routeServer, name) }
        return number
    }

    package func routeServer(_ name: String) throws(RouteServerRefusal) -> RouteServerObject {
        model.routeServers[try routeServerNumber(name)]
    }

    /// An endpoint that was not deleted, with the place of its route server.
    package func endpoint(
        _ name: String
    ) throws(RouteServerRefusal) -> (routeServer: Int, endpoint: RouteServerEndpoint) {
        for (number, server) in model.routeServers.enumerated() {
            if let endpoint = server.endpoints.first(where: { $0.isCalled(name) }),
                !deletedEndpoints.contains(endpoint.logicalID)
            {
                return (number, endpoint)
            }
        }
        throw .notFound(.endpoint, name)
    }

    /// A peer, with the place of its route server.
    package func peer(_ name: String) throws(RouteServerRefusal) -> (routeServer: Int, peer: RouteServerPeer) {
        for (number, server) in model.routeServers.enumerated() {
            if let peer = server.peers.first(where: { $0.isCalled(name) }) {
                return (number, peer)
            }
        }
        throw .notFound(.peer, name)
    }

    package func routeTable(_ name: String) throws(RouteServerRefusal) -> RouteTable {
        guard let table = model.routeTables.first(where: { $0.isCalled(name) }) else {
            throw .notFound(.routeTable, name)
        }
        return table
    }

    package func subnet(_ name: String) throws(RouteServerRefusal) -> Subnet {
        guard let subnet = model.subnets.first(where: { $0.isCalled(name) }) else {
            throw .notFound(.subnet, name)
        }
        return subnet
    }

    /// - Throws: `RouteServerRefusal` for a name that is not the VPC's.
    package func requireVPC(_ name: String) throws(RouteServerRefusal) {
        guard model.isCalled(name) else { throw .notFound(.vpc, name) }
    }
}

/// Objects that come and go while the lab runs.
extension LabState {
    /// Adds a peer to an endpoint.
    package mutating func addPeer(
        at endpoint: RouteServerEndpoint, ofRouteServer number: Int, address: IPAddress, asn: UInt32,
        livenessDetection: RouteServerPeer.LivenessDetection
    ) -> RouteServerPeer {
        createdPeerCount += 1
        let peer = RouteServerPeer(
            logicalID: "CreatedPeer\(createdPeerCount)", name: "peer-\(createdPeerCount)",
            endpoint: endpoint.logicalID, address: address, asn: asn, livenessDetection: livenessDetection)
        model.routeServers[number].peers.append(peer)
        return peer
    }

    /// Adds an endpoint to a route server, with a network interface that has the lowest free address of a subnet.
    ///
    /// - Throws: `RouteServerRefusal` where the subnet has no free address.
    package mutating func addEndpoint(
        inSubnet subnet: Subnet, ofRouteServer number: Int
    ) throws(RouteServerRefusal) -> (endpoint: RouteServerEndpoint, interface: NetworkInterface) {
        let address = try freeAddress(in: subnet)
        createdEndpointCount += 1
        let logicalID = "CreatedEndpoint\(createdEndpointCount)"
        let endpoint = RouteServerEndpoint(
            logicalID: logicalID, name: "endpoint-\(createdEndpointCount)", networkInterface: "\(logicalID).Eni",
            isLaterThanLab: true)
        let interface = NetworkInterface(
            logicalID: endpoint.networkInterface, name: endpoint.name, subnet: subnet.logicalID, address: address,
            macAddress: MACAddress(networkInterface: endpoint.networkInterface), sourceDestinationCheck: true)
        model.networkInterfaces.append(interface)
        model.routeServers[number].endpoints.append(endpoint)
        return (endpoint, interface)
    }

    private func freeAddress(in subnet: Subnet) throws(RouteServerRefusal) -> IPAddress {
        var choice = AddressChoice(subnet.cidrBlock)
        for interface in model.networkInterfaces where interface.subnet == subnet.logicalID {
            for address in interface.addresses where address.family == subnet.cidrBlock.family {
                // The model's addresses were claimed before; the router's own is never given out.
                try? choice.claim(address)
            }
        }
        guard let address = choice.chooseForEndpoint() else { throw .insufficientFreeAddresses(subnet.id) }
        return address
    }

    /// Has a route server write a route table, or write it no longer.
    package mutating func setPropagation(_ isOn: Bool, toTable logicalID: String, ofRouteServer number: Int) {
        model.routeServers[number].propagations.removeAll { $0 == logicalID && !isOn }
        if isOn, !model.routeServers[number].propagations.contains(logicalID) {
            model.routeServers[number].propagations.append(logicalID)
        }
    }

    /// Applies what ModifyRouteServer asks for.
    package mutating func modify(_ number: Int, _ modification: RouteServerChange.Modification) {
        settlePersistRoutes()
        switch modification.persistRoutes {
        case .enable: model.routeServers[number].persistRoutes = true
        case .disable: model.routeServers[number].persistRoutes = false
        case .reset, nil: break
        }
        if let minutes = modification.durationMinutes {
            model.routeServers[number].persistRoutesDurationMinutes = minutes
        }
        if let isNotifyingSNS = modification.isNotifyingSNS {
            model.routeServers[number].isNotifyingSNS = isNotifyingSNS
        }
    }
}
