// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import Glibc
package import LinuxSystem
internal import Measurement
package import NodeProtocol
internal import WireFormat

/// An instance's BGP speaker: what gobgpd.conf says, and what was added to its table.
///
/// Descriptor 3 is the control socket.
package final class SpeakerProgram {
    private var configuration: SpeakerProgramConfiguration
    /// Where the configuration was read from.
    private let file: String
    private let loop: EventLoop
    private let server: NodeServer
    private let sessions: SessionHost
    private let signals: SignalSource
    private var speaker: Speaker
    private var resumption: EventLoop.Token?
    private let bfd: BFDSessions
    private var listeners: [Listener] = []

    private final class Listener {
        let socket: StreamSocket
        var watch: ListenerWatch?
        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    /// The last thing done was to become small.
    private var isTrimmed = false

    /// After this much time without work, the speaker makes itself small.
    private static let idleDelay = Duration.milliseconds(10)

    package init(configuration: SpeakerProgramConfiguration, file: String) throws(SystemError) {
        self.configuration = configuration
        self.file = file
        signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
        loop = try EventLoop()
        server = try NodeServer(loop: loop, nodeName: configuration.node)
        sessions = SessionHost(loop: loop)
        bfd = BFDSessions(loop: loop)
        speaker = Speaker(asn: configuration.asn, routerID: configuration.routerID)
        server.answer = { [unowned self] request throws(ProgramFailure) in try answer(request) }
        server.takeBFDLateness = { [unowned self] in bfd.takeLateness() }
        resumption = loop.makeTimer { [unowned self] in
            speaker.resume()
            takeOutputs()
        }
        sessions.onOutput = { [unowned self] in handle($1, of: $0, at: $2) }
        bfd.onOutput = { [unowned self] in handle($0) }
        bfd.onReport = { [unowned self] report, neighbor in
            if let neighbor, !server.admits(.neighbor(peerAddress(of: neighbor), endpoint: nil)) { return }
            server.record(report) { if let neighbor { $0.peer = peerAddress(of: neighbor) } }
        }
    }

    /// Runs until SIGTERM or SIGINT, then says goodbye to every neighbour (Cease / Peer De-configured, as gobgpd does).
    package func run() throws(SystemError) {
        for announcement in configuration.announcements {
            speaker.originate(announcement, at: loop.now)
        }
        for neighbor in configuration.neighbors {
            let id = sessions.add(
                neighbor, sourceAddress: configuration.sourceAddresses[neighbor.peerAddress.description])
            speaker.addNeighbor(
                id, asn: neighbor.peerASN, address: neighbor.peerAddress,
                prepends: configuration.prepends?[neighbor.peerAddress.description] ?? [])
        }
        try listen()
        try startBFD()
        _ = try loop.watch(signals.descriptor.rawValue, for: .readable) { [unowned self] _ in takeSignal() }
        server.record(.nodeStarted, at: .now) { [configuration] in
            $0.detail = .speaker(asn: configuration.asn.value, routerID: configuration.routerID)
        }
        sessions.neighbors.forEach(sessions.start)
        server.flush()
        let idle = loop.makeTimer { [unowned self] in
            releaseProgramPages()
            isTrimmed = true
        }
        loop.afterEachWake = { [unowned self] in
            server.flush()
            sessions.closeEnded()
            if isTrimmed {
                isTrimmed = false
            } else {
                loop.schedule(idle, at: loop.now + Self.idleDelay)
            }
        }
        try loop.run()
        server.finish()
    }

    private func startBFD() throws(SystemError) {
        try bfd.watch(
            sessions.neighbors.compactMap { neighbor in
                let address = peerAddress(of: neighbor)
                return configuration.bfd[address.description].map { settings in
                    let source = configuration.sourceAddresses[address.description]
                    return (neighbor, BFDPeering(peerAddress: address, localAddress: source, settings: settings))
                }
            })
    }

    private func peerAddress(of neighbor: NeighborID) -> IPAddress {
        configuration.neighbors[neighbor.value].peerAddress
    }

    private func neighbor(at address: IPAddress) -> NeighborID? {
        sessions.neighbors.first { peerAddress(of: $0) == address }
    }

    private func handle(_ output: BFDClients<NeighborID>.Output) {
        switch output {
        case .pathFailed(let neighbor, let cause, let instant):
            sessions.pathFailed(neighbor, cause: cause, at: instant)
        case .statusChanged: break
        }
    }

    private func listen() throws(SystemError) {
        guard let port = configuration.listenPort else { return }
        let addresses = configuration.listenAddresses
        for address in addresses.isEmpty ? [.v4(.any)] : addresses {
            let listener = Listener(try StreamSocket.listen(address: address, port: port, link: nil))
            listener.watch = try ListenerWatch(listener.socket.descriptor.rawValue, in: loop) {
                [unowned self, unowned listener] () throws(SystemError) in
                try accept(from: listener)
            }
            listeners.append(listener)
        }
    }

    private func accept(from listener: Listener) throws(SystemError) {
        for _ in 0..<ListenerWatch.connectionsPerTurn {
            guard let socket = try listener.socket.accept() else { return }
            let remote = try socket.remoteAddress()
            guard let neighbor = neighbor(at: remote) else {
                guard server.admits(.stranger(endpoint: nil)) else { continue }
                log("refused a connection from \(remote), which is not a neighbour")
                continue
            }
            try sessions.accept(socket, into: neighbor)
        }
    }

    private func takeSignal() {
        while let signal = signals.next() {
            guard signal == SIGHUP else { return stop() }
            reload()
        }
    }

    /// Reads the configuration again and announces what has changed; sessions and their timers stay as they are.
    private func reload() {
        do {
            let new = try JSON.decode(SpeakerProgramConfiguration.self, from: try readOwnFile(file))
            let kept = Set(new.announcements.map(\.prefix))
            for old in configuration.announcements where !kept.contains(old.prefix) { _ = speaker.withdraw(old.prefix) }
            for announcement in new.announcements where !configuration.announcements.contains(announcement) {
                speaker.originate(announcement, at: loop.now)
            }
            configuration.announcements = new.announcements
            takeOutputs()
            log("read its configuration again: \(counted(new.announcements.count, "announcement"))")
        } catch {
            log("the configuration was not read again: \(error)")
        }
    }

    private func stop() {
        // BGP says goodbye first: with BFD held down before, a peer might take that for the reason.
        sessions.stopAll(.peerDeconfigured)
        bfd.stop()
        loop.stop()
    }

    private func handle(_ output: Session.Output, of neighbor: NeighborID, at now: Instant) {
        bfd.note(output, of: neighbor, at: now)
        switch output {
        case .established(let negotiated):
            speaker.sessionEstablished(
                neighbor, localAddress: negotiated.localAddress, localIPv6Address: configuration.ipv6Address,
                families: negotiated.families, peerRouterID: negotiated.peerRouterID, at: now)
            record(.sessionEstablished, neighbor, at: now)
        case .ended(let end):
            speaker.sessionEnded(neighbor, at: now)
            record(.sessionDown, neighbor, at: now) { $0.cause = .session(end) }
        case .attemptFailed(let end):
            record(.sessionDown, neighbor, at: now) {
                $0.cause = .session(end)
                $0.detail = .beforeEstablished
            }
        case .update(let update):
            speaker.received(update, from: neighbor, at: now)
        case .routeRefreshRequested(let family):
            speaker.routeRefreshRequested(family, from: neighbor)
        case .stateChanged(let from, let to):
            record(.sessionState, neighbor, at: now) { $0.detail = .transition(from: from.rawValue, to: to.rawValue) }
        case .sendBacklogFull:
            speaker.sendBacklogFull(neighbor)
        case .sendBacklogDrained:
            speaker.sendBacklogDrained(neighbor)
        case .finding(let finding):
            record(.note, neighbor, at: now) { $0.detail = .message("\(finding)") }
        case .connect, .transmit, .close:
            break
        }
        takeOutputs()
    }

    private func record(
        _ kind: TraceEvent.Kind, _ neighbor: NeighborID, at now: Instant,
        _ complete: (inout TraceEvent) -> Void = { _ in }
    ) {
        guard server.admits(.neighbor(peerAddress(of: neighbor), endpoint: nil)) else { return }
        server.record(kind, at: now) {
            $0.peer = peerAddress(of: neighbor)
            complete(&$0)
        }
    }

    private func takeOutputs() {
        while let output = speaker.nextOutput() {
            switch output {
            case .send(let neighbor, let update): sessions.send(update, to: neighbor)
            }
        }
        // Other connections and timers have their turn before the next part.
        if let resumption, speaker.hasMore { loop.schedule(resumption, at: loop.now) }
    }

    private func snapshot(of neighbor: NeighborID, at now: Instant) -> NeighborSnapshot {
        var snapshot = sessions.snapshot(of: neighbor, at: now)
        if let counts = speaker.routeCounts(of: neighbor) {
            snapshot.receivedCount = counts.received
            snapshot.acceptedCount = counts.accepted
            snapshot.advertisedCount = counts.advertised
        }
        return snapshot
    }

    private func adjacentRIB(_ query: ShowAdjacentRIB) throws(ProgramFailure) -> [RIBRow] {
        guard let neighbor = neighbor(at: query.neighbor) else {
            throw ProgramFailure(NeighborListing.notFound(query.neighbor))
        }
        let rows =
            switch query.direction {
            case .received: speaker.adjRIBIn(neighbor, query.family, at: .now)
            case .advertised: speaker.adjRIBOut(neighbor, query.family, at: .now)
            }
        guard let rows else { throw ProgramFailure(RIBListing.notEstablished(query.neighbor)) }
        return rows
    }

    private var global: GlobalSnapshot {
        GlobalSnapshot(
            asn: configuration.asn, routerID: configuration.routerID, listeningPort: configuration.listenPort ?? 0,
            listeningAddresses: configuration.listenAddresses.isEmpty
                ? [.v4(.any)] : configuration.listenAddresses)
    }

    private func answer(_ request: ProgramRequest) throws(ProgramFailure) -> EncodedReply {
        defer { takeOutputs() }
        switch request {
        case .showGlobal(let query):
            return query.answered(by: global)
        case .listNeighbors(let query):
            return query.answered(by: sessions.neighbors.map { snapshot(of: $0, at: .now) })
        case .listBFDSessions(let query):
            return query.answered(by: try bfd.takeSnapshots())
        case .changeBFDSessions(let query):
            return query.answered(by: try bfd.carryOut(query.change))
        case .showGlobalRIB(let query):
            return query.answered(by: speaker.globalRIB(query.family, at: .now))
        case .showAdjacentRIB(let query):
            return query.answered(by: try adjacentRIB(query))
        case .originate(let query):
            query.announcements.forEach { speaker.originate($0, at: loop.now) }
            return query.done
        case .withdraw(let query):
            query.prefixes.forEach { _ = speaker.withdraw($0) }
            return query.done
        case .withdrawAll(let query):
            speaker.withdrawAll()
            return query.done
        case .originateBlock(let query):
            let block = query.block
            speaker.originate((0..<block.count).lazy.map { block[$0] }, attributes: query.attributes, at: loop.now)
            return query.done
        case .withdrawBlock(let query):
            speaker.withdraw((0..<query.block.count).lazy.map { query.block[$0] })
            return query.done
        case .describeRouteServer, .changeRouteServer, .getRoutingDatabase, .observeBlock, .beginBlock, .reportBlock,
            .listBlockChanges, .listTableRoutes:
            throw .notAnswered(by: "the speaker")
        }
    }
}
