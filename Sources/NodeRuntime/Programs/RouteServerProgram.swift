// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
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

    /// A peer as this program has it; its place in the list is the number of its BGP session.
    struct PeerEntry {
        var session: RouteServerProgramConfiguration.PeerSession
        var bfdSession: Int?
        /// The number is not given again.
        var isDeleted = false
    }

    let configuration: RouteServerProgramConfiguration
    private let loop: EventLoop
    let server: NodeServer
    let sessions: SessionHost
    var peers: [PeerEntry] = []
    var bfd: BFDThread?
    /// The BGP session of each BFD session.
    var sessionsWithBFD: [SessionHost.SessionNumber] = []
    private var routes: RouteSocket
    private var preferredRoutes: PreferredRoutes?
    var machine: RouteServerMachine
    private var machineTimer: EventLoop.Token?
    private var machineDeadline: Instant?
    private var listeners: [Listener] = []
    private var pending: [TableChange] = []
    var untold: [Happening] = []
    var block = BlockObserver()
    let peerLog: PeerLogFile?
    /// What a peer that the machine is being asked to create is to be, until it asks for it.
    var ordered: RouteServerProgramConfiguration.PeerSession?
    /// The same of an endpoint.
    var orderedEndpoint: RouteServerProgramConfiguration.Endpoint?

    package init(configuration: RouteServerProgramConfiguration) throws(SystemError) {
        self.configuration = configuration
        loop = try EventLoop()
        server = try NodeServer(loop: loop, nodeName: configuration.node)
        sessions = SessionHost(loop: loop)
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
        server.takeBFDLateness = { [unowned self] in bfd?.takeLateness() }
        server.beforeFlush = { [unowned self] in
            tell()
            block.tell(server) { instance(owning: $0) }
            sessions.closeEnded()
        }
        machineTimer = loop.makeTimer { [unowned self] in
            machine.timeReached(at: loop.now)
            takeOutputs()
        }
        sessions.onOutput = { [unowned self] in handle($1, of: peers[$0].session, at: $2) }
    }

    package func run() throws(SystemError) {
        configuration.sessions.forEach(addPeer)
        for endpoint in configuration.endpoints { try listen(at: endpoint) }
        try startBFD()
        let grant = RealTimeGrant.request(fifoPriority: Self.fifoPriority, lockMemory: false)
        server.record(.nodeStarted, at: .now) {
            $0.detail = grant.fifoPriority.map { "SCHED_FIFO \($0)" } ?? "SCHED_OTHER: no real-time priority granted"
        }
        server.flush()
        loop.afterEachWake = { [unowned self] in
            // Nothing is written to logs or subscribers before the routes of this wake-up are in the kernel.
            writeTables()
            server.flush()
        }
        try loop.run()
    }

    /// Waits for a peer's device from now on; the number of its BGP session is its place among the peers.
    func addPeer(_ session: RouteServerProgramConfiguration.PeerSession) {
        peers.append(PeerEntry(session: session))
        sessions.start(sessions.add(session.session))
    }

    /// Both ends of a single hop are active (RFC 5881 section 3), from the start: that BGP is not up yet is no reason to wait.
    private func startBFD() throws(SystemError) {
        try addBFD(for: peers.indices.filter { peers[$0].session.bfd != nil })
    }

    /// Speaks BFD with some peers, on a thread that there is as soon as somebody needs it.
    func addBFD(for numbers: [SessionHost.SessionNumber]) throws(SystemError) {
        let peerings = numbers.compactMap { peers[$0].session.peering }
        guard !peerings.isEmpty else { return }
        for number in numbers {
            peers[number].bfdSession = sessionsWithBFD.count
            sessionsWithBFD.append(number)
        }
        if let bfd {
            peerings.forEach(bfd.add)
        } else {
            bfd = try BFDThread(peerings, loop: loop) { [unowned self] in handle($0) }
        }
    }

    /// BFD that goes down ends the BGP session at once (RFC 5882 section 4.2).
    ///
    /// That a session is held down on purpose, or was never up, says nothing about the path (section 3.2).
    private func handle(_ report: BFDReport) {
        let session = report.session.map { sessionsWithBFD[$0] }
        if case .wentDown(_, let cause, let instant) = report, let session, cause.endsBGP {
            sessions.bfdWentDown(session, cause: cause.description, at: instant)
            // What comes of it is in the tables before anybody says farewell to the peer.
            writeTables()
        }
        if case .stateChanged(_, _, let state, _, let instant) = report, let session {
            machine.bfdChanged(peers[session].session.peer, isUp: state == .up, at: instant)
        }
        untold.append(.bfd(report, session.map { peers[$0].session }))
        takeOutputs()
    }

    private func accept(from listener: Listener) throws(SystemError) {
        while let socket = try listener.socket.accept() {
            let remote = try socket.remoteAddress()
            guard
                let number = peers.firstIndex(where: {
                    !$0.isDeleted && $0.session.endpoint == listener.endpoint.name
                        && $0.session.session.peerAddress == remote
                })
            else {
                log("\(listener.endpoint.name) refused a connection from \(remote), which is not a peer of it")
                continue
            }
            try sessions.accept(socket, into: number)
        }
    }

    private func handle(
        _ output: Session.Output, of session: RouteServerProgramConfiguration.PeerSession, at now: Instant
    ) {
        switch output {
        case .established(let negotiated):
            machine.sessionEstablished(session.peer, routerID: negotiated.peerRouterID, at: now)
            untold.append(.session(output, session, at: now))
        case .ended(let end):
            machine.sessionEnded(session.peer, cause: end.description, at: now)
            // The other sessions of the instance end in the next microseconds, and their route is what counts.
            server.holdBack()
            untold.append(.session(output, session, at: now))
        case .update(let update):
            machine.received(update, from: session.peer, at: now)
        case .attemptFailed, .stateChanged, .finding:
            untold.append(.session(output, session, at: now))
        case .routeRefreshRequested, .connect, .transmit, .close:
            // A route server's endpoint has nothing to advertise again; connections are the host's business.
            break
        }
        takeOutputs()
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
                guard let number = number(of: peer) else { break }
                sessions.reset(number, subcode)
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
        for event in machine.takeLogEvents() { untold.append(.peerLog(event)) }
        if let machineTimer, machine.nextDeadline != machineDeadline {
            machineDeadline = machine.nextDeadline
            loop.schedule(machineTimer, at: machineDeadline)
        }
    }

    /// Devices are let in at a new endpoint.
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

    /// Nobody is let in at an endpoint any more.
    private func removeListener(of endpoint: RouteServerConfiguration.Endpoint) {
        listeners.removeAll { $0.endpoint.name == endpoint.name }
        machine.confirmDeletion(ofEndpoint: endpoint.name)
    }

    private func tellLater(_ change: BestPathChange, at instant: Instant) {
        // Its words cost as much as the change itself: a block's prefixes share the first one's.
        guard let observed = block.block, observed.index(of: change.prefix) != nil else {
            return untold.append(.bestPathChanged(change, at: instant))
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
        untold.append(.tableWritten(change, error, at: instant))
    }
}
