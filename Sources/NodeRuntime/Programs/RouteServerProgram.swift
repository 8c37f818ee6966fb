// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
internal import DequeModule
internal import Glibc
package import LinuxSystem
internal import Measurement
internal import NetlinkRoutes
package import NodeProtocol
internal import RouteServer
internal import WireFormat

/// The route server: listens on every endpoint, never dials, advertises nothing, and writes VPC route tables.
///
/// Descriptor 3 is the control socket, descriptor 4 the namespace of the VPC's router.
package final class RouteServerProgram {
    private static let routerNamespaceDescriptor: Int32 = 4
    private static let bgpPort: UInt16 = 179
    private static let fifoPriority: Int32 = 40

    private final class Listener {
        let endpoint: RouteServerProgramConfiguration.Endpoint
        let socket: StreamSocket
        var watch: ListenerWatch?

        init(_ endpoint: RouteServerProgramConfiguration.Endpoint) throws(SystemError) {
            self.endpoint = endpoint
            socket = try StreamSocket.listen(
                address: endpoint.address, port: RouteServerProgram.bgpPort, link: endpoint.link)
        }
    }

    /// A peer in this program.
    struct PeerEntry {
        let neighbor: NeighborID
        let session: RouteServerProgramConfiguration.PeerSession
        /// It stays in the list: its number is not reused.
        var isDeleted = false
    }

    let configuration: RouteServerProgramConfiguration
    private let loop: EventLoop
    let server: NodeServer
    let sessions: SessionHost
    /// In the order of their numbers as neighbours.
    var peers: [PeerEntry] = []
    let bfd: BFDSessions
    private var routes: RouteSocket
    /// By this the watcher's events name this route server.
    var writer: UInt32 { routes.portID }
    private var preferredRoutes: PreferredRoutes?
    var machine: RouteServerMachine
    private var machineTimer: EventLoop.Token?
    private var machineDeadline: Instant?
    private var listeners: [Listener] = []
    /// By endpoint, who connected and is no peer of it.
    var refusedConnections: [String: NeighborSnapshot.RefusedConnections] = [:]
    private var pending: [TableChange] = []
    var untold: Deque<Happening> = []
    var block = BlockObserver()
    let peerLog: PeerLogFile?
    /// The session of a peer that the machine has been asked to create, until it outputs the peer.
    var ordered: RouteServerProgramConfiguration.PeerSession?
    /// The same for an endpoint.
    var orderedEndpoint: RouteServerProgramConfiguration.Endpoint?

    package init(configuration: RouteServerProgramConfiguration) throws(SystemError) {
        self.configuration = configuration
        loop = try EventLoop()
        server = try NodeServer(loop: loop, nodeName: configuration.node)
        sessions = SessionHost(loop: loop)
        bfd = BFDSessions(loop: loop)
        machine = RouteServerMachine(configuration: configuration.machine)
        if let settings = configuration.peerLog {
            peerLog = try PeerLogFile(settings)
        } else {
            peerLog = nil
        }
        let router = NetworkNamespace(
            adopting: OwnedDescriptor(adopting: Self.routerNamespaceDescriptor), name: "vpc")
        routes = try RouteSocket(in: router)
        if let tables = configuration.sharedTables, !tables.isPreferredEverywhere {
            preferredRoutes = try PreferredRoutes(tables, in: router, loop: loop) { [unowned self] in
                machine.notePreferredRoute(to: $0, inKernelTable: $1, of: $2)
            }
        }
        server.answer = { [unowned self] request throws(ProgramFailure) in try answer(request) }
        server.takeBFDLateness = { [unowned self] in bfd.takeLateness() }
        server.beforeFlush = { [unowned self] deadline in
            tell(until: deadline)
            block.tell(server) { instance(owning: $0) }
            sessions.closeEnded()
            return !untold.isEmpty
        }
        machineTimer = loop.makeTimer { [unowned self] in
            machine.timeReached(at: loop.now)
            takeOutputs()
        }
        sessions.onOutput = { [unowned self] in handle($1, of: peers[$0.value], at: $2) }
        bfd.onOutput = { [unowned self] in handle($0) }
        bfd.onReport = { [unowned self] report, neighbor in
            let session = neighbor.map { peers[$0.value].session }
            if session.map(admits) ?? true { untold.append(.bfd(report, session)) }
            takeOutputs()
        }
    }

    package func run() throws(SystemError) {
        let neighbors = configuration.sessions.map(addPeer)
        for endpoint in configuration.endpoints { try listen(at: endpoint) }
        try watchPaths(to: neighbors)
        let grant = loop.requestRealTime(fifoPriority: Self.fifoPriority)
        server.record(.nodeStarted, at: .now) {
            $0.detail = .scheduling(.main, fifoPriority: grant.fifoPriority)
        }
        server.flush()
        loop.afterEachWake = { [unowned self] in
            // Nothing is written to logs or subscribers before this wake-up's routes are in the kernel.
            writeTables()
            server.flush()
        }
        try loop.run()
    }

    /// Waits for a peer's device from now on.
    func addPeer(_ session: RouteServerProgramConfiguration.PeerSession) -> NeighborID {
        let neighbor = sessions.add(session.session)
        peers.append(PeerEntry(neighbor: neighbor, session: session))
        sessions.start(neighbor)
        return neighbor
    }

    /// Starts BFD with those peers that have it configured.
    ///
    /// Both ends of a single hop are active (RFC 5881 section 3) from the start: BFD does not wait for BGP.
    func watchPaths(to neighbors: [NeighborID]) throws(SystemError) {
        try bfd.watch(
            neighbors.compactMap { neighbor in peers[neighbor.value].session.peering.map { (neighbor, $0) } })
    }

    private func handle(_ output: BFDClients<NeighborID>.Output) {
        switch output {
        case .pathFailed(let neighbor, let cause, let instant):
            sessions.pathFailed(neighbor, cause: cause, at: instant)
        case .statusChanged(let neighbor, let isUp, let instant):
            machine.bfdChanged(peers[neighbor.value].session.peer, isUp: isUp, at: instant)
        }
    }

    private func accept(from listener: Listener) throws(SystemError) {
        for _ in 0..<ListenerWatch.connectionsPerTurn {
            guard let socket = try listener.socket.accept() else { return }
            let remote = try socket.remoteAddress()
            guard
                let peer = peers.first(where: {
                    !$0.isDeleted && $0.session.endpoint == listener.endpoint.name
                        && $0.session.session.peerAddress == remote
                })
            else {
                let name = listener.endpoint.name
                let count = (refusedConnections[name]?.count ?? 0) + 1
                refusedConnections[name] = .init(count: count, lastAddress: remote)
                guard server.admits(.stranger(endpoint: name)) else { continue }
                log("\(listener.endpoint.name) refused a connection from \(remote), which is not a peer of it")
                continue
            }
            try sessions.accept(socket, into: peer.neighbor)
        }
    }

    private func handle(_ output: Session.Output, of peer: PeerEntry, at now: Instant) {
        let session = peer.session
        bfd.note(output, of: peer.neighbor, at: now)
        switch output {
        case .established(let negotiated):
            machine.sessionEstablished(session.peer, routerID: negotiated.peerRouterID, at: now)
            tellLater(output, of: session, at: now)
        case .ended(let end):
            machine.sessionEnded(session.peer, cause: end, at: now)
            // The instance's other sessions end within microseconds, and their routes are what counts.
            server.holdBack()
            tellLater(output, of: session, at: now, heard: sessions.lastHeard(peer.neighbor))
        case .update(let update):
            machine.received(update, from: session.peer, at: now)
        case .attemptFailed, .stateChanged, .finding:
            tellLater(output, of: session, at: now)
        case .routeRefreshRequested, .sendBacklogFull, .sendBacklogDrained, .connect, .transmit, .close:
            // A route server's endpoint has nothing to advertise; connections are handled by the host.
            break
        }
        takeOutputs()
        // What comes of it is in the tables before the Cease is written to a peer that is most likely gone.
        if case .ended(.bfdDown) = output { writeTables() }
    }

    func takeOutputs() {
        while let output = machine.nextOutput() {
            switch output {
            case .tableChange(let change):
                pending.append(change)
            case .bestPathChanged(let change):
                tellLater(change, at: .now)
            case .persistenceChanged(let change):
                untold.append(.persistenceChanged(change))
            case .endSession(let peer, let subcode):
                guard let neighbor = neighbor(of: peer) else { break }
                sessions.reset(neighbor, subcode)
            case .requestRoutes(let peer):
                guard let neighbor = neighbor(of: peer) else { break }
                AddressFamily.allCases.forEach { sessions.requestRoutes(of: $0, from: neighbor) }
            case .addPeer(let peer):
                add(peer)
            case .removePeer(let peer):
                remove(peer)
            case .addEndpoint(let endpoint):
                addListener(of: endpoint)
            case .removeEndpoint(let endpoint):
                removeListener(of: endpoint)
            }
        }
        for event in machine.takeLogEvents()
        where server.admits(.neighbor(event.peer.address, endpoint: event.peer.endpoint)) {
            untold.append(.peerLog(event))
        }
        if let machineTimer, machine.nextDeadline != machineDeadline {
            machineDeadline = machine.nextDeadline
            loop.schedule(machineTimer, at: machineDeadline)
        }
    }

    /// Accepts devices at a new endpoint.
    private func addListener(of endpoint: RouteServerConfiguration.Endpoint) {
        guard let link = orderedEndpoint, link.name == endpoint.name else {
            return machine.confirmCreation(ofEndpoint: endpoint.name, failure: "its link was not described")
        }
        orderedEndpoint = nil
        do throws(SystemError) {
            try listen(at: link)
            machine.confirmCreation(ofEndpoint: endpoint.name)
        } catch {
            machine.confirmCreation(ofEndpoint: endpoint.name, failure: "\(error)")
        }
    }

    private func listen(at endpoint: RouteServerProgramConfiguration.Endpoint) throws(SystemError) {
        let listener = try Listener(endpoint)
        listener.watch = try ListenerWatch(listener.socket.descriptor.rawValue, in: loop) {
            [unowned self, unowned listener] () throws(SystemError) in
            try accept(from: listener)
        }
        listeners.append(listener)
    }

    /// Accepts no more devices at an endpoint.
    private func removeListener(of endpoint: RouteServerConfiguration.Endpoint) {
        listeners.removeAll { $0.endpoint.name == endpoint.name }
        machine.confirmDeletion(ofEndpoint: endpoint.name)
    }

    private func admits(_ session: RouteServerProgramConfiguration.PeerSession) -> Bool {
        server.admits(.neighbor(session.session.peerAddress, endpoint: session.endpoint))
    }

    private func tellLater(
        _ output: Session.Output, of session: RouteServerProgramConfiguration.PeerSession, at now: Instant,
        heard: LastHeard? = nil
    ) {
        if admits(session) { untold.append(.session(output, session, at: now, heard: heard)) }
    }

    private func tellLater(_ change: BestPathChange, at instant: Instant) {
        // Describing it would cost as much as the change itself: a block's prefixes share the first one's description.
        guard let observed = block.block, observed.index(of: change.prefix) != nil else {
            if server.admits(.routes) { untold.append(.bestPathChanged(change, at: instant)) }
            return
        }
        _ = block.take(
            .bestPathChanged, change.prefix, nextHop: change.winner?.attributes.nextHop, table: nil, at: instant)
    }

    private func writeTables() {
        while !pending.isEmpty {
            let changes = pending
            pending.removeAll(keepingCapacity: true)
            let requests = changes.map {
                RouteChange(
                    table: $0.kernelTable, prefix: $0.prefix, nextHop: $0.nextHop,
                    metric: configuration.sharedTables?.metric)
            }
            if block.concerns(changes) { block.noteWriting(at: .now) }
            do throws(SystemError) {
                try routes.apply(requests) { index, result, instant in
                    confirm(changes[index], result, at: instant)
                }
            } catch {
                log("\(error)")
                changes.forEach { confirm($0, .failed(error), at: .now) }
            }
            takeOutputs()
        }
    }

    private func confirm(_ change: TableChange, _ result: RouteResult, at instant: Instant) {
        let error: SystemError? = if case .failed(let error) = result { error } else { nil }
        machine.confirmWritten(change, error: error?.description)
        if error == nil,
            block.take(.tableWritten, change.prefix, nextHop: change.nextHop, table: change.table, at: instant)
        {
            return
        }
        if server.admits(.routes) { untold.append(.tableWritten(change, error, at: instant)) }
    }
}
