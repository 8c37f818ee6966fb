// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
internal import Glibc
package import LinuxSystem
internal import Measurement
internal import NetlinkRoutes
package import RouteServer
package import WireFormat

/// The route server: listens on every endpoint, never dials, advertises nothing, and writes VPC route tables.
///
/// Descriptor 3 is the control socket, descriptor 4 the namespace of the VPC's router.
package final class RouteServerProgram {
    package struct Configuration: Codable, Hashable, Sendable {
        package struct PeerSession: Codable, Hashable, Sendable {
            package var peer: PeerID
            package var endpoint: String
            package var endpointAddress: IPAddress
            /// The link of the endpoint's network interface.
            package var link: String
            package var session: SessionConfiguration
            /// Nil where the peer's liveness is BGP's business alone.
            package var bfd: BFDSessionSettings?

            package init(
                peer: PeerID, endpoint: String, endpointAddress: IPAddress, link: String, session: SessionConfiguration,
                bfd: BFDSessionSettings? = nil
            ) {
                self.peer = peer
                self.endpoint = endpoint
                self.endpointAddress = endpointAddress
                self.link = link
                self.session = session
                self.bfd = bfd
            }

            var peering: BFDPeering? {
                bfd.map {
                    BFDPeering(
                        peerAddress: session.peerAddress, localAddress: endpointAddress, link: link,
                        endpoint: endpoint, settings: $0)
                }
            }
        }

        package struct Endpoint: Codable, Hashable, Sendable {
            package var name: String
            package var address: IPAddress
            package var link: String

            package init(name: String, address: IPAddress, link: String) {
                self.name = name
                self.address = address
                self.link = link
            }
        }

        package var node: String
        package var machine: RouteServerConfiguration
        package var endpoints: [Endpoint]
        package var sessions: [PeerSession]

        package init(
            node: String, machine: RouteServerConfiguration, endpoints: [Endpoint], sessions: [PeerSession]
        ) {
            self.node = node
            self.machine = machine
            self.endpoints = endpoints
            self.sessions = sessions
        }
    }

    private static let routerNamespaceDescriptor: Int32 = 4
    private static let bgpPort: UInt16 = 179
    private static let fifoPriority: Int32 = 40

    private final class Listener {
        let endpoint: Configuration.Endpoint
        let socket: StreamSocket
        var watch: ListenerWatch?

        init(_ endpoint: Configuration.Endpoint) throws(SystemError) {
            self.endpoint = endpoint
            socket = try StreamSocket.listen(
                address: endpoint.address, port: RouteServerProgram.bgpPort, link: endpoint.link)
        }
    }

    private let configuration: Configuration
    private let loop: EventLoop
    private let server: NodeServer
    private let sessions: SessionHost
    private var bfd: BFDThread?
    /// The BGP session of each BFD session.
    private var sessionsWithBFD: [SessionHost.SessionNumber] = []
    private var routes: RouteSocket
    private var machine: RouteServerMachine
    private var machineTimer: EventLoop.Token?
    private var machineDeadline: Instant?
    private var listeners: [Listener] = []
    private var pending: [TableChange] = []
    private var untold: [Happening] = []
    private var block = BlockObserver()

    /// What happened on the timed path, before anybody makes words of it.
    private enum Happening {
        case session(Session.Output, Configuration.PeerSession, at: Instant)
        case bfd(BFDReport, Configuration.PeerSession?)
        case bestPathChanged(BestPathChange, at: Instant)
        case persistenceChanged(PersistenceChange)
        case tableWritten(TableChange, SystemError?, at: Instant)
    }

    package init(configuration: Configuration) throws(SystemError) {
        self.configuration = configuration
        loop = try EventLoop()
        server = try NodeServer(loop: loop, nodeName: configuration.node)
        sessions = SessionHost(loop: loop)
        machine = RouteServerMachine(configuration: configuration.machine)
        let router = NetworkNamespace(
            adopting: OwnedDescriptor(adopting: Self.routerNamespaceDescriptor), name: "vpc")
        routes = try RouteSocket(in: router)
        server.answer = { [unowned self] in answer($0) }
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
        sessions.onOutput = { [unowned self] in handle($1, of: configuration.sessions[$0], at: $2) }
    }

    package func run() throws(SystemError) {
        for session in configuration.sessions {
            let number = sessions.add(session.session)
            sessions.start(number)
        }
        for endpoint in configuration.endpoints {
            let listener = try Listener(endpoint)
            listener.watch = try ListenerWatch(listener.socket.descriptor.rawValue, in: loop) {
                [unowned self, unowned listener] () throws(SystemError) in
                try accept(from: listener)
            }
            listeners.append(listener)
        }
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

    /// Both ends of a single hop are active (RFC 5881 section 3), from the start: that BGP is not up yet is no reason to wait.
    private func startBFD() throws(SystemError) {
        sessionsWithBFD = configuration.sessions.indices.filter { configuration.sessions[$0].bfd != nil }
        let peerings = sessionsWithBFD.compactMap { configuration.sessions[$0].peering }
        guard !peerings.isEmpty else { return }
        bfd = try BFDThread(peerings, loop: loop) { [unowned self] in handle($0) }
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
            machine.bfdChanged(configuration.sessions[session].peer, isUp: state == .up, at: instant)
        }
        untold.append(.bfd(report, session.map { configuration.sessions[$0] }))
    }

    private func accept(from listener: Listener) throws(SystemError) {
        while let socket = try listener.socket.accept() {
            let remote = try socket.remoteAddress()
            guard
                let number = configuration.sessions.firstIndex(where: {
                    $0.endpoint == listener.endpoint.name && $0.session.peerAddress == remote
                })
            else {
                log("\(listener.endpoint.name) refused a connection from \(remote), which is not a peer of it")
                continue
            }
            try sessions.accept(socket, into: number)
        }
    }

    private func handle(_ output: Session.Output, of session: Configuration.PeerSession, at now: Instant) {
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

    private func record(
        _ kind: TraceEvent.Kind, _ session: Configuration.PeerSession, at now: Instant,
        _ complete: (inout TraceEvent) -> Void
    ) {
        server.record(kind, at: now) {
            $0.endpoint = session.endpoint
            $0.peer = session.session.peerAddress
            $0.instance = instance(owning: session.session.peerAddress)
            complete(&$0)
        }
    }

    private func instance(owning address: IPAddress) -> String? {
        configuration.machine.owners.first { $0.address == address }?.instance
    }

    private func takeOutputs() {
        while let output = machine.nextOutput() {
            switch output {
            case .tableChange(let change):
                pending.append(change)
            case .bestPathChanged(let change):
                tellLater(change, at: .now)
            case .persistenceChanged(let change):
                untold.append(.persistenceChanged(change))
            case .endSession(let peer, let subcode):
                guard let number = configuration.sessions.firstIndex(where: { $0.peer == peer }) else { break }
                sessions.reset(number, subcode)
            case .addPeer, .removePeer, .addEndpoint, .removeEndpoint:
                // Nobody can ask this program for it.
                break
            }
        }
        if let machineTimer, machine.nextDeadline != machineDeadline {
            machineDeadline = machine.nextDeadline
            loop.schedule(machineTimer, at: machineDeadline)
        }
    }

    private func tellLater(_ change: BestPathChange, at instant: Instant) {
        // Its words cost as much as the change itself: a block's prefixes share the first one's.
        guard let observed = block.block, observed.index(of: change.prefix) != nil else {
            return untold.append(.bestPathChanged(change, at: instant))
        }
        _ = block.take(
            .bestPathChanged, change.prefix, nextHop: change.winner?.attributes.nextHop, table: nil, at: instant)
    }

    /// Makes events of what happened, when there is time.
    private func tell() {
        guard !untold.isEmpty else { return }
        for happening in untold {
            switch happening {
            case .session(let output, let session, let instant):
                tell(output, of: session, at: instant)
            case .bfd(let report, let session):
                server.record(report) {
                    guard let session else { return }
                    $0.endpoint = session.endpoint
                    $0.peer = session.session.peerAddress
                    $0.instance = instance(owning: session.session.peerAddress)
                }
            case .bestPathChanged(let change, let instant):
                server.record(.bestPathChanged, at: instant) {
                    $0.prefix = change.prefix
                    $0.nextHop = change.winner?.attributes.nextHop
                    $0.instance = change.winner?.owner?.instance
                    $0.cause = change.cause.description
                    $0.detail = change.reason.map { "won by \($0)" }
                }
            case .persistenceChanged(let change):
                server.record(.note, at: change.at) { $0.detail = "\(change)" }
            case .tableWritten(let change, let error, let instant):
                server.record(error == nil ? .tableWritten : .note, at: instant) {
                    $0.prefix = change.prefix
                    $0.nextHop = change.nextHop
                    $0.table = change.table
                    $0.instance = change.nextHop.flatMap(instance(owning:))
                    $0.cause = error?.description
                }
            }
        }
        untold.removeAll(keepingCapacity: untold.count <= 1024)
    }

    private func tell(_ output: Session.Output, of session: Configuration.PeerSession, at instant: Instant) {
        switch output {
        case .established(let negotiated):
            record(.sessionEstablished, session, at: instant) {
                $0.detail =
                    "hold \(negotiated.holdTimeSeconds) s, keepalive \(negotiated.keepaliveIntervalSeconds) s"
            }
        case .ended(let end):
            record(.sessionDown, session, at: instant) { $0.cause = end.description }
        case .attemptFailed(let end):
            record(.sessionDown, session, at: instant) {
                $0.cause = end.description
                $0.detail = "before Established"
            }
        case .stateChanged(let from, let to):
            record(.sessionState, session, at: instant) { $0.detail = "\(from) -> \(to)" }
        case .finding(let text):
            record(.note, session, at: instant) { $0.detail = text }
        case .update, .routeRefreshRequested, .connect, .transmit, .close:
            break
        }
    }

    private func writeTables() {
        while !pending.isEmpty {
            let changes = pending
            pending.removeAll(keepingCapacity: true)
            let requests = changes.map {
                RouteChange(table: $0.kernelTable, prefix: $0.prefix, nextHop: $0.nextHop)
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

    private func neighbor(_ number: SessionHost.SessionNumber, at now: Instant) -> NeighborSnapshot {
        let session = configuration.sessions[number]
        var snapshot = sessions.snapshot(of: number, at: now)
        snapshot.endpoint = session.endpoint
        if let counts = machine.routeCounts(of: session.peer) {
            snapshot.receivedCount = counts.received
            snapshot.acceptedCount = counts.accepted
        }
        return snapshot
    }

    private func answer(_ request: NodeRequest) -> NodeReply {
        switch request {
        case .routingDatabase:
            return .database(machine.database())
        case .routesTo(let prefixes):
            return .database(machine.database(of: prefixes))
        case .globalRIB(let family):
            return .rib(machine.rows(family, at: .now))
        case .neighbors:
            return .neighbors(configuration.sessions.indices.map { neighbor($0, at: .now) })
        case .bfdSessions:
            return .bfdSessions(bfd?.snapshots.compactMap(\.self) ?? [])
        case .changeBFD(let change):
            return change.carryOut(
                by: bfd,
                sessions: sessionsWithBFD.map {
                    (configuration.sessions[$0].session.peerAddress, configuration.sessions[$0].endpoint)
                })
        default:
            return block.answer(request) ?? .failed(reason: "the route server does not answer that")
        }
    }
}
