// SPDX-License-Identifier: MIT-0
internal import Causes
internal import LabModel
package import NodeProtocol
package import RouteServer
package import VPC
package import WireFormat

/// What AWS's operations on route servers do, on the lab that runs.
///
/// Objects are named by id, or by logical id or name as in the template. What is changed is kept in the lab's state, so a
/// route server that is started anew has it too. Each throws `RouteServerRefusal` where AWS would answer with an error, and
/// `LabError` where the route server cannot be asked.
extension Lab {
    // MARK: Describe

    /// The route servers as they are now, in the template's order.
    package func routeServerDescriptions() throws -> [RouteServerDescription] {
        try routeServerNodes.map { node in
            try NodeClient(node, in: directory).ask(DescribeRouteServer())
        }
    }

    /// A route server's routing database.
    package func routingDatabase(of routeServer: String) throws -> RoutingDatabase {
        let node = LabPlan.node(of: try self.routeServer(routeServer), in: state.model)
        return try NodeClient(node, in: directory).ask(GetRoutingDatabase())
    }

    // MARK: Peers

    /// CreateRouteServerPeer: an endpoint waits for a device from now on, which has to dial by itself.
    package func createPeer(
        atEndpoint endpointName: String, address: IPAddress, asn: UInt32,
        livenessDetection: RouteServerPeer.LivenessDetection = .bgpKeepalive
    ) throws -> (routeServer: RouteServerDescription, peer: RouteServerDescription.Peer) {
        try takeLock()
        let (number, endpoint) = try self.endpoint(endpointName)
        let logicalID = "CreatedPeer\(state.createdPeerCount + 1)"
        let peer = RouteServerPeer(
            logicalID: logicalID, name: "peer-\(state.createdPeerCount + 1)", endpoint: endpoint.logicalID,
            address: address, asn: asn, livenessDetection: livenessDetection)
        let description = try change(number) { state in
            state.createdPeerCount += 1
            state.model.routeServers[number].peers.append(peer)
        } request: { configuration in
            guard let session = configuration.sessions.last, session.peer == PeerID(logicalID),
                let machinePeer = configuration.machine.peers.last
            else { throw RouteServerRefusal.invalidParameterValue("\(endpoint.name) has no IPv4 address") }
            return .createPeer(machinePeer, session)
        }
        // The endpoint's own group lets the new peer in from now on.
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
        let peers = state.model.routeServers.enumerated().flatMap { server in
            server.element.peers.map { (server.offset, $0) }
        }
        guard
            let (number, peer) = peers.first(where: {
                [$0.1.id, $0.1.logicalID, $0.1.name].contains(peerName)
            })
        else { throw RouteServerRefusal.notFound(.peer, peerName) }
        let description = try change(number) { state in
            state.model.routeServers[number].peers.removeAll { $0.logicalID == peer.logicalID }
        } request: { _ in
            .deletePeer(PeerID(peer.logicalID))
        }
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
        try changePropagation(of: routeServer, toTable: tableName) { propagations, table in
            if !propagations.contains(table) { propagations.append(table) }
        } request: {
            .enablePropagation($0)
        }
    }

    /// DisableRouteServerPropagation: the routes that it wrote go.
    package func disablePropagation(
        of routeServer: String, toTable tableName: String
    ) throws -> (routeServer: RouteServerDescription, propagation: RouteServerDescription.Propagation) {
        try changePropagation(of: routeServer, toTable: tableName) { propagations, table in
            propagations.removeAll { $0 == table }
        } request: {
            .disablePropagation($0.resourceID)
        }
    }

    private func changePropagation(
        of routeServer: String, toTable tableName: String, _ edit: (inout [String], String) -> Void,
        request: (RouteServerConfiguration.PropagatedTable) -> RouteServerChange
    ) throws -> (routeServer: RouteServerDescription, propagation: RouteServerDescription.Propagation) {
        try takeLock()
        let number = try routeServerNumber(routeServer)
        guard
            let table = state.model.routeTables.first(where: { [$0.id, $0.logicalID, $0.name].contains(tableName) }),
            let propagated = LabBlueprint(state).propagatedTable(table.logicalID)
        else { throw RouteServerRefusal.notFound(.routeTable, tableName) }
        let description = try change(number) { state in
            edit(&state.model.routeServers[number].propagations, table.logicalID)
        } request: { _ in
            request(propagated)
        }
        let known = description.propagations.first { $0.table.resourceID == table.id }
        // A table without any route is none of the route server's at once.
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
        let number = try routeServerNumber(routeServer)
        guard [state.model.id, state.model.logicalID, state.model.name].contains(vpc) else {
            throw RouteServerRefusal.notFound(.vpc, vpc)
        }
        return try change(number) {
            $0.model.routeServers[number].isAssociated = isAssociated
        } request: { _ in
            isAssociated ? .associate : .disassociate
        }
    }

    // MARK: Settings

    /// ModifyRouteServer.
    package func modifyRouteServer(
        _ routeServer: String, _ modification: RouteServerChange.Modification
    ) throws -> RouteServerDescription {
        try takeLock()
        let number = try routeServerNumber(routeServer)
        return try change(number) { state in
            state.settlePersistRoutes()
            switch modification.persistRoutes {
            case .enable: state.model.routeServers[number].persistRoutes = true
            case .disable: state.model.routeServers[number].persistRoutes = false
            case .reset, nil: break
            }
            if let minutes = modification.durationMinutes {
                state.model.routeServers[number].persistRoutesDurationMinutes = minutes
            }
            if let isNotifyingSNS = modification.isNotifyingSNS {
                state.model.routeServers[number].isNotifyingSNS = isNotifyingSNS
            }
        } request: { _ in
            .modify(modification)
        }
    }

    // MARK: Changing

    /// Puts a change down in the lab's state, then asks the route server for it; what it refuses is taken back.
    func change(
        _ number: Int, _ edit: (inout LabState) -> Void,
        request: (RouteServerProgramConfiguration) throws -> RouteServerChange
    ) throws -> RouteServerDescription {
        let former = state
        edit(&state)
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

    func routeServerNumber(_ name: String) throws(RouteServerRefusal) -> Int {
        guard
            let number = state.model.routeServers.firstIndex(where: {
                [$0.id, $0.logicalID, $0.name].contains(name)
            })
        else { throw .notFound(.routeServer, name) }
        return number
    }

    private func routeServer(_ name: String) throws(RouteServerRefusal) -> RouteServerObject {
        state.model.routeServers[try routeServerNumber(name)]
    }

    /// An endpoint with the number of its route server.
    func endpoint(_ name: String) throws(RouteServerRefusal) -> (Int, RouteServerEndpoint) {
        for (number, server) in state.model.routeServers.enumerated() {
            if let endpoint = server.endpoints.first(where: { [$0.id, $0.logicalID, $0.name].contains(name) }),
                !state.deletedEndpoints.contains(endpoint.logicalID)
            {
                return (number, endpoint)
            }
        }
        throw .notFound(.endpoint, name)
    }
}
