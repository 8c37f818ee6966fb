// SPDX-License-Identifier: MIT-0
internal import Causes
internal import LabModel
package import NodeProtocol
package import RouteServer
package import VPC
package import WireFormat

/// AWS's operations on route servers, on the running lab.
///
/// Objects are named by id, or by logical id or name as in the template. Changes are stored in the lab's state, so that
/// a route server that is started again has them too. Each operation throws `RouteServerRefusal` where AWS would answer
/// with an error, and `LabError` if the route server cannot be asked.
extension Lab {
    // MARK: Describe

    /// The route servers as they are now, in the template's order.
    package func routeServerDescriptions() throws -> [RouteServerDescription] {
        try layout.routeServerNodes.map { node in
            try NodeClient(node, in: directory).ask(DescribeRouteServer())
        }
    }

    /// A route server's routing database.
    package func routingDatabase(of routeServer: String) throws -> RoutingDatabase {
        let node = LabPlan.node(of: try state.routeServer(routeServer), in: state.model)
        return try NodeClient(node, in: directory).ask(GetRoutingDatabase())
    }

    // MARK: Peers

    /// CreateRouteServerPeer: from now on the endpoint waits for a device, which has to dial by itself.
    package func createPeer(
        atEndpoint endpointName: String, address: IPAddress, asn: UInt32,
        livenessDetection: RouteServerPeer.LivenessDetection = .bgpKeepalive
    ) throws -> (routeServer: RouteServerDescription, peer: RouteServerDescription.Peer) {
        try takeLock()
        let (number, endpoint) = try state.endpoint(endpointName)
        var changed = state
        let peer = changed.addPeer(
            at: endpoint, ofRouteServer: number, address: address, asn: asn, livenessDetection: livenessDetection)
        let description = try change(number, to: changed) { configuration in
            guard let session = configuration.sessions.last, session.peer == PeerID(peer.logicalID),
                let machinePeer = configuration.machine.peers.last
            else { throw RouteServerRefusal.invalidParameterValue("\(endpoint.name) has no IPv4 address") }
            return .createPeer(machinePeer, session)
        }
        // The endpoint's own security group now admits the new peer.
        try enforceInterfaceRules(at: endpoint)
        guard let created = description.peers.first(where: { $0.peer.resourceID == peer.id }) else {
            throw LabError("the route server does not know the peer that it made")
        }
        return (description, created)
    }

    /// DeleteRouteServerPeer: ends its session with Cease / Peer De-configured.
    package func deletePeer(
        _ peerName: String
    ) throws -> (routeServer: RouteServerDescription, peer: RouteServerDescription.Peer) {
        try takeLock()
        let (number, peer) = try state.peer(peerName)
        var changed = state
        changed.model.routeServers[number].peers.removeAll { $0.logicalID == peer.logicalID }
        let description = try change(number, to: changed) { _ in .deletePeer(PeerID(peer.logicalID)) }
        if let endpoint = state.model.routeServers[number].endpoints.first(where: { $0.logicalID == peer.endpoint }) {
            try enforceInterfaceRules(at: endpoint)
        }
        guard let deleted = description.peers.first(where: { $0.peer.resourceID == peer.id }) else {
            throw LabError("the route server does not know the peer that it deletes")
        }
        return (description, deleted)
    }

    // MARK: Propagation and association

    /// EnableRouteServerPropagation.
    package func enablePropagation(
        of routeServer: String, toTable tableName: String
    ) throws -> (routeServer: RouteServerDescription, propagation: RouteServerDescription.Propagation) {
        try changePropagation(of: routeServer, toTable: tableName, isOn: true) { .enablePropagation($0) }
    }

    /// DisableRouteServerPropagation: the routes that it wrote go.
    package func disablePropagation(
        of routeServer: String, toTable tableName: String
    ) throws -> (routeServer: RouteServerDescription, propagation: RouteServerDescription.Propagation) {
        try changePropagation(of: routeServer, toTable: tableName, isOn: false) { .disablePropagation($0.resourceID) }
    }

    private func changePropagation(
        of routeServer: String, toTable tableName: String, isOn: Bool,
        request: (RouteServerConfiguration.PropagatedTable) -> RouteServerChange
    ) throws -> (routeServer: RouteServerDescription, propagation: RouteServerDescription.Propagation) {
        try takeLock()
        let number = try state.routeServerNumber(routeServer)
        let table = try state.routeTable(tableName)
        guard let propagated = LabBlueprint(state).propagatedTable(table.logicalID) else {
            throw RouteServerRefusal.notFound(.routeTable, tableName)
        }
        var changed = state
        changed.setPropagation(isOn, toTable: table.logicalID, ofRouteServer: number)
        let description = try change(number, to: changed) { _ in request(propagated) }
        let known = description.propagations.first { $0.table.resourceID == table.id }
        // A table without routes immediately no longer belongs to the route server.
        return (description, known ?? .init(table: propagated, state: .deleting, routeCount: 0))
    }

    /// AssociateRouteServer.
    package func associate(_ routeServer: String, withVPC vpc: String) throws -> RouteServerDescription {
        try changeAssociation(of: routeServer, withVPC: vpc, true)
    }

    /// DisassociateRouteServer, which AWS does when neither endpoints nor propagations are left.
    package func disassociate(_ routeServer: String, fromVPC vpc: String) throws -> RouteServerDescription {
        try changeAssociation(of: routeServer, withVPC: vpc, false)
    }

    private func changeAssociation(
        of routeServer: String, withVPC vpc: String, _ isAssociated: Bool
    ) throws -> RouteServerDescription {
        try takeLock()
        let number = try state.routeServerNumber(routeServer)
        try state.requireVPC(vpc)
        var changed = state
        changed.model.routeServers[number].isAssociated = isAssociated
        return try change(number, to: changed) { _ in isAssociated ? .associate : .disassociate }
    }

    // MARK: Settings

    /// ModifyRouteServer.
    package func modifyRouteServer(
        _ routeServer: String, _ modification: RouteServerChange.Modification
    ) throws -> RouteServerDescription {
        try takeLock()
        let number = try state.routeServerNumber(routeServer)
        var changed = state
        changed.modify(number, modification)
        return try change(number, to: changed) { _ in .modify(modification) }
    }

    // MARK: Changing

    /// Stores a change in the lab's state, then asks the route server for it; a refused change is removed again.
    func change(
        _ number: Int, to changed: LabState, request: (RouteServerProgramConfiguration) throws -> RouteServerChange
    ) throws -> RouteServerDescription {
        let former = state
        state = changed
        do {
            let server = state.model.routeServers[number]
            try state.save(directory)
            let order = try request(LabBlueprint(state).routeServerConfiguration(server))
            let node = LabPlan.node(of: server, in: state.model)
            switch try NodeClient(node, in: directory).ask(ChangeRouteServer(order)) {
            case .begun(let description): return description
            case .refused(let refusal): throw refusal
            }
        } catch {
            state = former
            try state.save(directory)
            throw error
        }
    }
}
