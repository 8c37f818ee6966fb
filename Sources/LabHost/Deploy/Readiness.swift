// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Causes
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
    /// Each question wakes the thread that runs the sessions.
    private static let bfdInterval = Duration.milliseconds(1)
    private static let toldDropsMax = 4
    private static let othersDelay = Duration.milliseconds(500)

    private let lab: Lab
    /// What the lab is to be; nothing of it changes while it is waited for.
    private let layout: LabLayout
    private let feed: EventFeed
    private let deadline: Instant

    package init(lab: Lab, feed: EventFeed, deadline: Instant) {
        self.lab = lab
        layout = lab.layout
        self.feed = feed
        self.deadline = deadline
    }

    func waitForPrograms(_ nodes: [String]) throws {
        try wait(for: { "\(missing(nodes).joined(separator: ", ")) to start" }, until: { missing(nodes).isEmpty })
    }

    private func missing(_ nodes: [String]) -> [String] {
        nodes.filter { node in !feed.starts.contains { $0.node == node } }
    }

    /// Every session that a speaker of the template belongs to is Established.
    ///
    /// - Throws: `LabError` also as soon as it is known why a session of a new lab will not come up.
    package func waitForSessions() throws {
        let clients = try clients()
        let expected = layout.expectedSessions
        var missing: [(name: SessionName, condition: String)] = []
        /// Since when it is known of one session that it will not come up.
        var knownSince: Instant?
        try poll(for: { "BGP sessions: \(missing.map { "\($0.name) (\($0.condition))" }.joined(separator: ", "))" }) {
            let neighbors = try Self.neighbors(clients)
            missing = expected.filter { neighbors[$0]?.phase != .established }.map {
                ($0, neighbors[$0]?.condition ?? "not configured")
            }
            // In a lab that was ready before, how a session ended last is history.
            guard !lab.state.isReady else { return missing.isEmpty }
            let lasting = missing.filter { neighbors[$0.name]?.statistics.lastEnd?.isLasting ?? false }
            guard !lasting.isEmpty else { return missing.isEmpty }
            let since = knownSince ?? .now
            knownSince = since
            // The others are likely to be refused for the same reason, a moment later.
            guard lasting.count == missing.count || Instant.now - since > Self.othersDelay else { return false }
            throw LabError(
                "the lab cannot get ready: \(lasting.count == 1 ? "a BGP session does" : "BGP sessions do") not come up: "
                    + lasting.map { "\($0.name) (\($0.condition))" }.joined(separator: ", "),
                advice: "make the template's peers and the speakers' configurations agree")
        }
    }

    /// Every BFD session with a speaker that has BFD is Up, at the intervals that both sides are configured with.
    ///
    /// - Parameter anew: whether both ends must also have heard each other from now on. A session whose packets were
    ///   lost until a moment ago can still be Up here, while the peer's detection time is about to expire or has
    ///   expired already.
    package func waitForBFD(anew: Bool = false) throws {
        let expected = layout.expectedBFDSessions
        guard !expected.isEmpty else { return }
        var missing = expected
        let clients = try clients()
        var exchanges: [SessionName: PacketExchange] = [:]
        let reason =
            Set(LabOptions.BFDSide.allCases).isSubset(of: layout.options.passiveBFD)
            ? " (both ends are passive, so neither begins: RFC 5880 section 6.1)" : ""
        try poll(for: { "BFD sessions: \(Self.list(missing))\(reason)" }, every: Self.bfdInterval) {
            var ready: Set<SessionName> = []
            for client in clients {
                for session in try client.ask(ListBFDSessions()) {
                    let name = SessionName(endpoint: session.endpoint ?? "", peer: session.peerAddress)
                    exchanges[name, default: PacketExchange(session)].note(session)
                    guard session.isUp, !session.isPolling, !anew || exchanges[name]?.isComplete ?? false else {
                        continue
                    }
                    // A peer that has not yet sped up still sends once a second (RFC 5880 section 6.8.3).
                    guard session.receiveInterval < .oneSecond || layout.options.asksForSlowBFD else { continue }
                    ready.insert(name)
                }
            }
            missing = expected.filter { !ready.contains($0) }
            return missing.isEmpty
        }
    }

    private func clients() throws -> [NodeClient] {
        try layout.routeServerNodes.map { try NodeClient($0, in: lab.directory) }
    }

    private static func list(_ sessions: [SessionName]) -> String {
        sessions.map(\.description).joined(separator: ", ")
    }

    private static func neighbors(_ clients: [NodeClient]) throws -> [SessionName: NeighborSnapshot] {
        var neighbors: [SessionName: NeighborSnapshot] = [:]
        for client in clients {
            for neighbor in try client.ask(ListNeighbors()) {
                neighbors[SessionName(endpoint: neighbor.endpoint ?? "", peer: neighbor.address)] = neighbor
            }
        }
        return neighbors
    }

    /// Every announced path has arrived, and each prefix's winner is in every propagated table.
    package func waitForRoutes() throws {
        var installed: [TablePlace: Set<String?>] = [:]
        for server in layout.model.routeServers {
            let client = try NodeClient(LabPlan.node(of: server, in: layout.model), in: lab.directory)
            let expected = layout.expectedPathCounts(at: server)
            var missing: [String] = []
            try poll(for: { "the route server's routes: \(missing.joined(separator: ", "))" }) {
                let database = try client.ask(GetRoutingDatabase(of: Array(expected.keys)))
                missing = expected.filter { !database.isSettled($0, pathCount: $1) }.map(\.key.description)
                guard missing.isEmpty else { return false }
                for (table, prefix, instance) in database.installedRoutes {
                    installed[TablePlace(table: table, prefix: prefix), default: []].insert(instance)
                }
                return true
            }
        }
        try waitForWatcher(toSee: installed)
    }

    /// A prefix in a VPC route table.
    private struct TablePlace: Hashable {
        var table: String
        var prefix: IPPrefix
    }

    /// The kernel's tables are what route servers say, and the watcher has seen it.
    ///
    /// If several route servers write a table, only one's route is in effect.
    private func waitForWatcher(toSee installed: [TablePlace: Set<String?>]) throws {
        guard !installed.isEmpty else { return }
        let watcher = try NodeClient(LabPlan.vpcNode, in: lab.directory)
        let query = ListTableRoutes(to: installed.keys.map(\.prefix))
        var missing = Array(installed.keys)
        try poll(
            for: {
                let routes = missing.map { "\($0.prefix) in \($0.table)" }.sorted().joined(separator: ", ")
                return "the watcher in \(LabPlan.vpcNode) to see the route servers' routes: \(routes)"
            },
            until: {
                var seen: [TablePlace: String?] = [:]
                for route in try watcher.ask(query) {
                    seen[TablePlace(table: route.table, prefix: route.prefix)] = .some(route.instance)
                }
                missing = installed.filter { place, instances in
                    seen[place].map { !instances.contains($0) } ?? true
                }.map(\.key)
                return missing.isEmpty
            })
    }

    private func isKeptOut(_ prefix: IPPrefix) throws -> Bool {
        let answers = try clients().map { try $0.ask(GetRoutingDatabase(of: [prefix])) }.filter { !$0.routes.isEmpty }
        // One route server's answer is enough: another's route may be missing from a table because the first one's is
        // preferred.
        return !answers.isEmpty && answers.allSatisfy { $0.isKeptOut(prefix) }
    }

    /// Each floating IP answers the test host, from the instance that is active for it.
    package func waitForPing() throws {
        try waitForTransits()
        // Without a test host nothing can be pinged from; a measurement reports that later.
        guard !layout.floatingAddresses.isEmpty, let host = try? layout.testHost() else { return }
        // If nothing is propagated to the host's table, there is nothing to wait for; AWS accepts such a template, too.
        guard layout.propagatedTable(ofHost: host) != nil else { return }
        let namespace = try lab.namespace(host)
        let instances = layout.instancesByTimeToLive
        let announced = Set(layout.model.routeServers.flatMap { layout.expectedPathCounts(at: $0).keys })
        // A static route does not depend on which instance is active.
        for prefix in layout.floatingAddresses where announced.contains(prefix) {
            guard !layout.hasStaticRoute(to: prefix, ofHost: host), try !isKeptOut(prefix) else { continue }
            let active = try lab.activeInstance(for: prefix)
            guard layout.refusal(ofPingFrom: host, to: prefix.address, at: active) == nil else { continue }
            try requireWayBack(to: host, from: active)
            let pinger = try ReadinessPinger(destination: prefix.address, in: namespace)
            try poll(for: { "\(prefix.address) to answer \(host) from \(active)" }, every: Self.pingInterval) {
                pinger.answer().flatMap { instances[$0] } == active
            }
        }
    }

    /// - Throws: `LabError` if an announced route takes the replies to a host elsewhere, so that none will come.
    private func requireWayBack(to host: String, from active: String) throws {
        guard let instance = layout.model.instances.first(where: { $0.name == host }) else { return }
        let addresses = layout.model.addresses(of: instance)
        let table = layout.propagatedTable(ofHost: active)
        let announced = layout.model.routeServers.flatMap { layout.expectedPathCounts(at: $0).keys }
        for client in try clients() {
            for route in try client.ask(GetRoutingDatabase(of: announced)).installedRoutes
            where route.table == table && route.instance != host && addresses.contains(where: route.prefix.contains) {
                // The local route of a block comes first against all that are not longer.
                let block = layout.model.cidrBlocks.filter { $0.contains(route.prefix) }.map(\.length).max()
                guard let block, route.prefix.length > block else { continue }
                throw LabError(
                    "the lab cannot get ready: replies to \(host) go to \(route.instance ?? "nobody"), which announces"
                        + " \(route.prefix), in \(route.table)",
                    advice: "announce no prefix with an address of the VPC's own hosts in it")
            }
        }
    }

    /// Each host behind firewalls and the outside answer each other, through the instance that is active.
    private func waitForTransits() throws {
        guard layout.floatingAddresses.isEmpty else { return }
        let instances = layout.instancesByTimeToLive
        for transit in layout.transits {
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
            try feed.throwIfServiceDied()
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
                try feed.throwIfServiceDied()
                return false
            }
        }
    }

    private func timeout(_ subject: String) -> LabError {
        // If the drops cannot be read, that is not the error to report.
        let drops = ((try? lab.interfaceDrops()) ?? []).prefix(Self.toldDropsMax).map { "; \($0.text)" }.joined()
        let segments = ((try? lab.segmentDrops()) ?? []).map { "; \($0)" }.joined()
        return LabError(
            "the lab is not ready: still waiting for \(subject)\(drops)\(segments)",
            advice: drops.isEmpty
                ? "allow more time with --timeout, or look at the speaker's configuration"
                : "add the rule that is missing, or see what goes without: --no-security-groups")
    }

    /// Talks to a program; if that fails because the program died, throws why it died.
    func explainingDeadPrograms(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            // The init reports the end a moment after the socket does.
            _ = try feed.wait(until: .now + Self.obituaryDelay) {
                try feed.throwIfServiceDied()
                return false
            }
            throw error
        }
    }
}
