// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import LinuxSystem
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// Queries to the route server, and its objects created and deleted at run time.
extension RouteServerProgram {
    private func snapshot(of peer: PeerEntry, at now: Instant) -> NeighborSnapshot {
        let session = peer.session
        var snapshot = sessions.snapshot(of: peer.neighbor, at: now)
        snapshot.endpoint = session.endpoint
        snapshot.refusedConnections = refusedConnections[session.endpoint]
        if let counts = machine.routeCounts(of: session.peer) {
            snapshot.receivedCount = counts.received
            snapshot.acceptedCount = counts.accepted
        }
        return snapshot
    }

    func answer(_ request: ProgramRequest) throws(ProgramFailure) -> EncodedReply {
        switch request {
        case .getRoutingDatabase(let query):
            return query.answered(by: query.prefixes.map(machine.database(of:)) ?? machine.database())
        case .showGlobalRIB(let query):
            return query.answered(by: machine.rows(query.family, at: .now))
        case .listNeighbors(let query):
            return query.answered(by: peers.filter { !$0.isDeleted }.map { snapshot(of: $0, at: .now) })
        case .listBFDSessions(let query):
            return query.answered(by: try bfd.takeSnapshots())
        case .changeBFDSessions(let query):
            return query.answered(by: try bfd.carryOut(query.change))
        case .describeRouteServer(let query):
            return query.answered(by: machine.description())
        case .changeRouteServer(let query):
            return query.answered(by: carryOut(query.change))
        case .observeBlock(let query):
            block.observe(query.block)
            return query.done
        case .beginBlock(let query):
            block.begin()
            return query.done
        case .reportBlock(let query):
            return query.answered(by: block.report)
        case .showGlobal, .showAdjacentRIB, .originate, .withdraw, .withdrawAll, .originateBlock, .withdrawBlock,
            .listBlockChanges, .listTableRoutes:
            throw .notAnswered(by: "the route server")
        }
    }

    // MARK: Objects

    func neighbor(of peer: PeerID) -> NeighborID? {
        peers.first { !$0.isDeleted && $0.session.peer == peer }?.neighbor
    }

    private func carryOut(_ change: RouteServerChange) -> ChangeRouteServer.Answer {
        let now = Instant.now
        do throws(RouteServerRefusal) {
            switch change {
            case .createPeer(let peer, let session):
                ordered = session
                try machine.createPeer(peer, at: now)
            case .deletePeer(let peer):
                try machine.deletePeer(peer, at: now)
            case .createEndpoint(let endpoint, let link):
                orderedEndpoint = link
                try machine.createEndpoint(endpoint)
            case .deleteEndpoint(let name):
                try machine.deleteEndpoint(name)
            case .enablePropagation(let table):
                try machine.enablePropagation(to: table, at: now)
            case .disablePropagation(let table):
                try machine.disablePropagation(toTable: table, at: now)
            case .associate:
                try machine.associate()
            case .disassociate:
                try machine.disassociate()
            case .modify(let modification):
                try machine.modify(
                    persistRoutes: modification.persistRoutes, durationMinutes: modification.durationMinutes,
                    isNotifyingSNS: modification.isNotifyingSNS, at: now)
            }
        } catch {
            return .refused(error)
        }
        // The state before anything is done: AWS also answers with `pending` and `deleting`.
        let description = machine.description()
        takeOutputs()
        return .begun(description)
    }

    /// Waits for the device of a newly created peer.
    func add(_ peer: RouteServerConfiguration.Peer) {
        guard let session = ordered, session.peer == peer.id else {
            return machine.confirmCreation(of: peer.id, failure: "its session was not described")
        }
        ordered = nil
        let neighbor = addPeer(session)
        do throws(SystemError) {
            try watchPaths(to: [neighbor])
            machine.confirmCreation(of: peer.id)
        } catch {
            machine.confirmCreation(of: peer.id, failure: "\(error)")
        }
    }

    /// Stops waiting for a device, and ends its session.
    func remove(_ peer: RouteServerConfiguration.Peer) {
        if let neighbor = neighbor(of: peer.id) {
            peers[neighbor.value].isDeleted = true
            sessions.stop(neighbor, .peerDeconfigured)
            bfd.unwatch(neighbor)
        }
        machine.confirmDeletion(of: peer.id)
    }
}
