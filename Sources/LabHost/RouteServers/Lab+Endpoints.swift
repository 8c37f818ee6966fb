// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabModel
internal import LinuxSystem
internal import NetlinkTopology
internal import NodeProtocol
package import RouteServer
internal import VPC
internal import WireFormat

/// Endpoints created and deleted on the running lab, each with the link that is its network interface.
extension Lab {
    /// CreateRouteServerEndpoint: a network interface in the subnet, with the lowest free address, that listens.
    package func createEndpoint(
        of routeServer: String, inSubnet subnetName: String
    ) throws -> (routeServer: RouteServerDescription, endpoint: RouteServerDescription.Endpoint) {
        try takeLock()
        let number = try state.routeServerNumber(routeServer)
        var changed = state
        let (endpoint, interface) = try changed.addEndpoint(
            inSubnet: try state.subnet(subnetName), ofRouteServer: number)
        let formerPlan = plan
        do {
            let description = try change(number, to: changed) { configuration in
                guard let own = configuration.endpoints.last, let object = configuration.machine.endpoints.last else {
                    throw LabError("the route server's configuration lacks the new endpoint")
                }
                plan = LabPlan(model: state.model)
                try makeLink(of: interface)
                // Nothing is let in before a peer is created.
                try enforceInterfaceRules(at: endpoint)
                return .createEndpoint(object, own)
            }
            guard let created = description.endpoints.first(where: { $0.endpoint.resourceID == endpoint.id }) else {
                throw LabError("the route server does not know the endpoint that it made")
            }
            return (description, created)
        } catch {
            try removeLink(of: interface)
            plan = formerPlan
            throw error
        }
    }

    /// Builds one interface of the plan in existing namespaces.
    private func makeLink(of interface: NetworkInterface) throws {
        guard let cable = cable(of: interface) else { throw LabError("\(interface.name) is not in the plan") }
        let near = try namespace(cable.near.namespace)
        let far = try namespace(cable.far.namespace)
        let farSocket = try TopologySocket(in: far.namespace)
        try TopologyBuilder.makeCable(
            cable, near: near, far: far, nearSocket: TopologySocket(in: near.namespace), farSocket: farSocket)
        for address in plan.addresses where address.namespace == far.name && address.index == cable.far.index {
            try farSocket.addAddress(address.address, prefixLength: address.prefixLength, index: address.index)
        }
        for route in plan.routes where route.namespace == far.name && route.index == cable.far.index {
            try farSocket.addRoute(TopologyBuilder.topologyRoute(route))
        }
        for rule in rules(of: interface, in: far.name) {
            try farSocket.addRule(TopologyBuilder.routingRule(rule))
        }
        for neighbor in plan.neighbors where neighbor.macAddress == interface.macAddress {
            try TopologySocket(in: namespace(neighbor.namespace).namespace).addPermanentNeighbor(
                neighbor.address, macAddress: neighbor.macAddress, index: neighbor.index)
        }
    }

    /// What leads the packets of one interface; unlike its routes, it does not go with the interface.
    private func rules(of interface: NetworkInterface, in node: String) -> [LabPlan.Rule] {
        plan.rules.filter { rule in
            rule.namespace == node && interface.addresses.contains { rule.source == IPPrefix(host: $0) }
        }
    }

    /// Removes an interface from its subnet; a missing one is not an error.
    private func removeLink(of interface: NetworkInterface) throws {
        guard let cable = cable(of: interface) else { return }
        let subnet = try namespace(cable.near.namespace)
        do throws(SystemError) {
            try TopologySocket(in: subnet.namespace).delete(index: cable.near.index)
        } catch {
            guard error.code == ENODEV else { throw error }
        }
        let owner = try namespace(cable.far.namespace)
        let socket = try TopologySocket(in: owner.namespace)
        for rule in try rules(of: interface, in: owner.name).map(TopologyBuilder.routingRule) {
            do throws(SystemError) {
                try socket.deleteRule(rule)
            } catch {
                guard error.code == ENOENT else { throw error }
            }
        }
    }

    private func cable(of interface: NetworkInterface) -> LabPlan.Cable? {
        plan.cables.first { $0.far.macAddress == interface.macAddress }
    }

    /// DeleteRouteServerEndpoint: it stops listening, and its network interface is removed from the subnet.
    package func deleteEndpoint(
        _ endpointName: String
    ) throws -> (routeServer: RouteServerDescription, endpoint: RouteServerDescription.Endpoint) {
        try takeLock()
        let (number, endpoint) = try state.endpoint(endpointName)
        var changed = state
        changed.deletedEndpoints.insert(endpoint.logicalID)
        let description = try change(number, to: changed) { _ in .deleteEndpoint(endpoint.name) }
        if let interface = state.model.networkInterface(endpoint.networkInterface) {
            try removeLink(of: interface)
        }
        guard let deleted = description.endpoints.first(where: { $0.endpoint.resourceID == endpoint.id }) else {
            throw LabError("the route server does not know the endpoint that it deletes")
        }
        return (description, deleted)
    }
}
