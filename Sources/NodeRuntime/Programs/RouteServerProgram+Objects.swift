// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LinuxSystem
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// What others ask the route server, and its objects that come and go while it runs.
extension RouteServerProgram {
    private func neighbor(_ number: SessionHost.SessionNumber, at now: Instant) -> NeighborSnapshot {
        let session = peers[number].session
        var snapshot = sessions.snapshot(of: number, at: now)
        snapshot.endpoint = session.endpoint
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
            return query.answered(by: peers.indices.filter { !peers[$0].isDeleted }.map { neighbor($0, at: .now) })
        case .listBFDSessions(let query):
            return query.answered(by: bfd?.snapshots.compactMap(\.self) ?? [])
        case .changeBFDSessions(let query):
            let sessions = sessionsWithBFD.map { number -> (peer: IPAddress, endpoint: String?)? in
                let peer = peers[number]
                return peer.isDeleted ? nil : (peer.session.session.peerAddress, peer.session.endpoint)
            }
            return query.answered(by: try query.change.carryOut(by: bfd, sessions: sessions))
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
            .listBlockChanges:
            throw .notAnswered(by: "the route server")
        }
    }

    // MARK: Objects

    func number(of peer: PeerID) -> SessionHost.SessionNumber? {
        peers.firstIndex { !$0.isDeleted && $0.session.peer == peer }
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
        // As it is before anything of it is done: `pending` and `deleting` are what AWS answers, too.
        let description = machine.description()
        takeOutputs()
        return .begun(description)
    }

    /// Waits for the device of a peer that was created just now.
    func add(_ peer: RouteServerConfiguration.Peer) {
        guard let session = ordered, session.peer == peer.id else {
            return machine.confirmCreation(of: peer.id, failure: "its session was not described")
        }
        ordered = nil
        addPeer(session)
        do throws(SystemError) {
            try addBFD(for: [peers.count - 1].filter { peers[$0].session.bfd != nil })
            machine.confirmCreation(of: peer.id)
        } catch {
            machine.confirmCreation(of: peer.id, failure: "\(error)")
        }
    }

    /// Waits for a device no longer, and takes leave of it.
    func remove(_ peer: RouteServerConfiguration.Peer) {
        if let number = number(of: peer.id) {
            peers[number].isDeleted = true
            sessions.stop(number, .peerDeconfigured)
            if let session = peers[number].bfdSession { bfd?.remove(session) }
        }
        machine.confirmDeletion(of: peer.id)
    }
}
