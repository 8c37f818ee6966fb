// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import RouteServer
internal import VPC
package import WireFormat

/// Waits, by events, until a lab is what its template says: sessions Established, every path in the RIB, the winner in the
/// kernel's tables, and the floating IP answering.
package struct Readiness {
    private static let pollInterval = Duration.microseconds(300)
    private static let obituaryDelay = Duration.milliseconds(200)
    private static let pingInterval = Duration.milliseconds(1)
    private static let toldDropsMax = 4

    let lab: Lab
    let feed: EventFeed
    let deadline: Instant

    package init(lab: Lab, feed: EventFeed, deadline: Instant) {
        self.lab = lab
        self.feed = feed
        self.deadline = deadline
    }

    func waitForPrograms(_ nodes: [String]) throws {
        try wait(for: { "\(missing(nodes).joined(separator: ", ")) to start" }, until: { missing(nodes).isEmpty })
    }

    private func missing(_ nodes: [String]) -> [String] {
        nodes.filter { node in !feed.events.contains { $0.kind == .nodeStarted && $0.node == node } }
    }

    /// A session of a route server, as events name it.
    private struct SessionName: Hashable {
        var endpoint: String
        var peer: IPAddress
    }

    /// The sessions that the template's own speakers should bring up.
    private var expectedSessions: [SessionName] { expectedSessions { _ in true } }

    /// Leaves out sessions that the rules of network interfaces block: a template with such a mistake is deployed all
    /// the same.
    private func expectedSessions(_ isMeant: (RouteServerPeer) -> Bool) -> [SessionName] {
        let dialled = dialledPeers
        let unheard = Set(lab.layout.blockedSessions.filter { $0.sessionProtocol == .bgp }.map(\.peer))
        return lab.state.model.routeServers.flatMap { server in
            server.peers.filter {
                dialled.contains($0, of: server) && !unheard.contains($0.logicalID) && isMeant($0)
            }.compactMap { peer in
                server.endpoints.first { $0.logicalID == peer.endpoint }
                    .map { SessionName(endpoint: $0.name, peer: peer.address) }
            }
        }
    }

    private var dialledPeers: DialledPeers {
        DialledPeers(model: lab.state.model, speakers: lab.state.speakers)
    }

    /// Every session that a speaker of the template belongs to is Established.
    package func waitForSessions() throws {
        let clients = try lab.routeServerNodes.map { try NodeClient($0, in: lab.directory) }
        var missing = expectedSessions
        try poll(
            for: { "BGP sessions: \(missing.map { "\($0.endpoint) with \($0.peer)" }.joined(separator: ", "))" }
        ) {
            let up = try Self.establishedSessions(clients)
            missing.removeAll { up.contains($0) }
            missing = expectedSessions.filter { !up.contains($0) }
            return missing.isEmpty
        }
    }

    /// Every BFD session with a speaker that has BFD is Up, at the intervals that both sides are configured with.
    package func waitForBFD() throws {
        guard lab.state.options.speaker != .gobgpd else { return }
        var missing: [SessionName] = []
        let blocked = Set(lab.layout.blockedSessions.map(\.peer))
        let expected = expectedSessions {
            lab.state.options.bfdTimers(for: $0) != nil && !blocked.contains($0.logicalID)
        }
        guard !expected.isEmpty else { return }
        let clients = try lab.routeServerNodes.map { try NodeClient($0, in: lab.directory) }
        let reason =
            Set(LabOptions.BFDSide.allCases).isSubset(of: lab.state.options.passiveBFD)
            ? " (both ends are passive, so neither begins: RFC 5880 section 6.1)" : ""
        try poll(
            for: {
                "BFD sessions: \(missing.map { "\($0.endpoint) with \($0.peer)" }.joined(separator: ", "))\(reason)"
            }
        ) {
            var up: Set<SessionName> = []
            for client in clients {
                for session in try client.ask(ListBFDSessions()) where session.isUp && !session.isPolling {
                    // A peer that has not yet sped up still sends once a second (RFC 5880 section 6.8.3).
                    guard session.receiveInterval < .oneSecond || lab.state.options.asksForSlowBFD else { continue }
                    up.insert(SessionName(endpoint: session.endpoint ?? "", peer: session.peerAddress))
                }
            }
            missing = expected.filter { !up.contains($0) }
            return missing.isEmpty
        }
    }

    private static func establishedSessions(_ clients: [NodeClient]) throws -> Set<SessionName> {
        var sessions: Set<SessionName> = []
        for client in clients {
            for neighbor in try client.ask(ListNeighbors()) where neighbor.phase == .established {
                sessions.insert(SessionName(endpoint: neighbor.endpoint ?? "", peer: neighbor.address))
            }
        }
        return sessions
    }

    /// Every announced path has arrived, and each prefix's winner is in every propagated table.
    package func waitForRoutes() throws {
        for server in lab.state.model.routeServers {
            let client = try NodeClient(LabPlan.node(of: server, in: lab.state.model), in: lab.directory)
            let expected = expectedPathCounts(at: server)
            var missing: [String] = []
            try poll(for: { "the route server's routes: \(missing.joined(separator: ", "))" }) {
                let database = try client.ask(GetRoutingDatabase(of: Array(expected.keys)))
                missing = expected.filter { prefix, count in
                    !Self.isInstalled(prefix, pathCount: count, in: database)
                }.map(\.key.description)
                return missing.isEmpty
            }
        }
        // If several route servers write a table, the watcher reports only the route that is followed.
        let watched = Set(feed.events.filter { $0.kind == .tableWritten }.compactMap(\.prefix))
        try wait(
            for: { "the watcher in \(LabPlan.vpcNode) to see the routes" },
            until: {
                watched.allSatisfy { prefix in
                    feed.events.contains { $0.kind == .tableChanged && $0.prefix == prefix }
                }
            })
    }

    private static func isInstalled(_ prefix: IPPrefix, pathCount: Int, in database: RoutingDatabase) -> Bool {
        let routes = database.routes.filter { $0.prefix == prefix }
        guard routes.count >= pathCount else { return false }
        guard let best = routes.first(where: { $0.status == .inFIB }) else { return isKeptOut(routes) }
        return best.installations.allSatisfy { $0.status == .installed || $0.reason != nil }
    }

    /// Whether the paths of a prefix are in no table and will not be: past a quota, or with a next hop that no instance
    /// has.
    private static func isKeptOut(_ routes: [RoutingDatabase.Route]) -> Bool {
        let deciding = routes.first { $0.status == .inFIB }.map { [$0] } ?? routes
        return !deciding.isEmpty
            && deciding.allSatisfy {
                !$0.installations.isEmpty && $0.installations.allSatisfy { $0.status == .rejected }
            }
    }

    private func isKeptOut(_ prefix: IPPrefix) throws -> Bool {
        let answers = try lab.routeServerNodes.map { node -> [RoutingDatabase.Route] in
            try NodeClient(node, in: lab.directory).ask(GetRoutingDatabase(of: [prefix])).routes
        }.filter { !$0.isEmpty }
        // One route server's answer is enough: another's route may be missing from a table because the first one's is
        // preferred.
        return !answers.isEmpty && answers.allSatisfy(Self.isKeptOut)
    }

    /// How many paths each prefix has when all speakers' announcements have arrived at all of the peers.
    private func expectedPathCounts(at server: RouteServerObject) -> [IPPrefix: Int] {
        let unheard = Set(lab.layout.blockedSessions.filter { $0.sessionProtocol == .bgp }.map(\.peer))
        var counts: [IPPrefix: Int] = [:]
        for speaker in lab.state.speakers {
            guard let instance = lab.state.model.instances.first(where: { $0.name == speaker.instance }) else {
                continue
            }
            let addresses = lab.state.model.addresses(of: instance)
            let endpoints = server.peers.filter {
                addresses.contains($0.address) && dialledPeers.contains($0, of: server)
                    && !unheard.contains($0.logicalID)
            }.map { endpointAddress(of: $0, server) }
            for announcement in speaker.configuration.announcements
            where speaker.configuration.reasonToKeepBack(announcement) == nil {
                let sessions = endpoints.count { endpoint in
                    speaker.configuration.neighbors.first { $0.peerAddress == endpoint }?
                        .families.contains(announcement.prefix.family) ?? false
                }
                if sessions > 0 { counts[announcement.prefix, default: 0] += sessions }
            }
        }
        return counts
    }

    private func endpointAddress(of peer: RouteServerPeer, _ server: RouteServerObject) -> IPAddress? {
        server.endpoints.first { $0.logicalID == peer.endpoint }
            .flatMap { lab.state.model.networkInterface($0.networkInterface) }?.address
    }

    /// Each floating IP answers the test host, from the instance that is active for it.
    package func waitForPing() throws {
        try waitForTransits()
        // Without a test host nothing can be pinged from; a measurement reports that later.
        guard !lab.floatingAddresses.isEmpty, let host = try? lab.testHost() else { return }
        // If nothing is propagated to the host's table, there is nothing to wait for; AWS accepts such a template, too.
        guard lab.propagatedTable(ofHost: host) != nil else { return }
        let namespace = try lab.namespace(host)
        let instances = lab.instancesByTimeToLive
        let announced = Set(lab.state.model.routeServers.flatMap { expectedPathCounts(at: $0).keys })
        // A static route does not depend on which instance is active.
        for prefix in lab.floatingAddresses where announced.contains(prefix) {
            guard !lab.hasStaticRoute(to: prefix, ofHost: host), try !isKeptOut(prefix) else { continue }
            let active = try lab.activeInstance(for: prefix)
            guard lab.layout.refusal(ofPingFrom: host, to: prefix.address, at: active) == nil else { continue }
            let pinger = try ReadinessPinger(destination: prefix.address, in: namespace)
            try poll(for: { "\(prefix.address) to answer \(host) from \(active)" }, every: Self.pingInterval) {
                pinger.answer().flatMap { instances[$0] } == active
            }
        }
    }

    /// Each host behind firewalls and the outside answer each other, through the instance that is active.
    private func waitForTransits() throws {
        guard lab.floatingAddresses.isEmpty else { return }
        let instances = lab.instancesByTimeToLive
        for transit in lab.transits {
            let active = try lab.activeInstance(for: transit.outward.prefix)
            for (node, address) in [
                (LabPlan.internetNode, transit.publicAddress), (transit.host, LabPlan.outsideAddress),
            ] {
                let pinger = try ReadinessPinger(destination: address, in: try lab.namespace(node))
                try poll(for: { "\(address) to answer \(node) through \(active)" }, every: Self.pingInterval) {
                    pinger.answer().flatMap { instances[$0] } == active
                }
            }
        }
    }

    // MARK: Waiting

    private func wait(for subject: () -> String, until condition: () throws -> Bool) throws {
        let isDone = try feed.wait(until: deadline) {
            try throwIfProgramEnded()
            return try condition()
        }
        guard isDone else { throw timeout(subject()) }
    }

    private func poll(
        for subject: () -> String, every interval: Duration = pollInterval, until condition: () throws -> Bool
    ) throws {
        let start = Instant.now
        while try !condition() {
            guard Instant.now < deadline else { throw timeout(subject()) }
            // The longer the wait, the coarser the polling, which would otherwise keep a CPU busy.
            let patience = Duration.nanoseconds((Instant.now - start).nanoseconds / 50)
            _ = try feed.wait(until: .now + max(interval, patience)) {
                try throwIfProgramEnded()
                return false
            }
        }
    }

    private func timeout(_ subject: String) -> LabError {
        // If the drops cannot be read, that is not the error to report.
        let drops = ((try? lab.interfaceDrops()) ?? []).prefix(Self.toldDropsMax).map { "; \($0.text)" }.joined()
        return LabError(
            "the lab is not ready: still waiting for \(subject)\(drops)",
            advice: drops.isEmpty
                ? "allow more time with --timeout, or look at the speaker's configuration"
                : "add the rule that is missing, or see what goes without: --no-security-groups")
    }

    /// Programs of an instance that is being put back ended earlier and are started again, so they do not count.
    private func throwIfProgramEnded() throws {
        let instances = lab.state.isReady ? Set(lab.plan.namespaces(.instance).map(\.name)) : []
        for (node, program) in feed.ended
        where program.name != "gobgp" && program.name != ProberProgramSettings.programName
            && !instances.contains(node) && !instances.contains(program.name)
        {
            throw LabError(node == "lab" ? program.text : "on \(node), \(program.text)")
        }
    }

    /// Talks to a program; if that fails because the program died, throws why it died.
    func explainingDeadPrograms(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            // The init reports the end a moment after the socket does.
            _ = try feed.wait(until: .now + Self.obituaryDelay) {
                try throwIfProgramEnded()
                return false
            }
            throw error
        }
    }
}
