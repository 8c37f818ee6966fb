// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
package import WireFormat

/// AWS's route server: the paths of all its peers go in, changes of VPC route tables come out.
///
/// The RIB has one path per peer and prefix. The FIB has one winner per prefix, never several. A route table is written
/// only if the winner's next hop differs from what was written last, so losing one of an instance's two sessions
/// changes nothing there. After each input take all of `nextOutput()`: what belongs together comes out together and can
/// be written in one batch. Call `timeReached` when `nextDeadline` has come.
package struct RouteServerMachine: Sendable {
    /// An action or a report for the shell.
    package enum Output: Hashable, Sendable {
        case bestPathChanged(BestPathChange)
        case tableChange(TableChange)
        case persistenceChanged(PersistenceChange)
        /// End a session with this Cease; for the machine it has already ended.
        case endSession(PeerID, NotificationReason.CeaseSubcode)
        /// Ask a peer for its routes again: there is room for some that were forgotten.
        case requestRoutes(PeerID)
        /// Accept connections from a device from now on: `confirmCreation` says whether that works.
        case addPeer(RouteServerConfiguration.Peer)
        /// Remove a peer whose session was ended: `confirmDeletion` says when that is done.
        case removePeer(RouteServerConfiguration.Peer)
        case addEndpoint(RouteServerConfiguration.Endpoint)
        case removeEndpoint(RouteServerConfiguration.Endpoint)
    }

    struct PeerState: Sendable {
        var configuration: RouteServerConfiguration.Peer
        var state: RouteServerObjectState
        var failureReason: String?
        var isEstablished = false
        var isBFDUp = false

        /// Whether the peer may have a session.
        var isLive: Bool { state == .available || state == .pending }
    }

    /// What was written to one route table for one prefix.
    struct Installation: Sendable {
        /// The next hop of the last table change.
        var requested: IPAddress?
        /// The next hop of the last confirmed change.
        var installed: IPAddress?
        /// Why the last change could not be written.
        var error: String?

        var isEmpty: Bool { requested == nil && installed == nil }
    }

    /// The initial configuration; `peers` and `propagations` may have changed since.
    package let configuration: RouteServerConfiguration
    let policy: ImportPolicy
    /// Peers by number, including deleted ones: a number is never reused, and is also that of the peer's source in every
    /// table.
    var peers: [PeerState] = []
    var peerNumbers: [PeerID: Int] = [:]
    private var establishedCount = 0
    private var store = AttributeStore()
    /// The RIB; without the prefixes that wait for room in the FIB, also the FIB.
    var routes: LearnedRoutes
    var objects: RouteServerObjects

    // The FIB and the route tables.
    var fib: LimitedRoom
    /// While one RIB replaces another: the former best paths of prefixes whose turn has not come.
    var successions: [IPPrefix: RoutingTable.Path?] = [:]
    var propagations: [Propagation]
    /// Per prefix, one entry for each of `propagations`; entries at the end may be missing.
    var installations: [IPPrefix: [Installation]] = [:]
    var schedule = ProgrammingSchedule()

    var persistence: Persistence

    private var outputs: [Output] = []
    private var takenOutputCount = 0
    private var logEvents: [PeerLogEvent] = []

    package init(configuration: RouteServerConfiguration) {
        self.configuration = configuration
        policy = ImportPolicy(
            asn: configuration.asn, selectsOnlyResolvableNextHops: configuration.selectsOnlyResolvableNextHops,
            owners: NextHopOwners(configuration.owners))
        routes = LearnedRoutes(configuration, policy: policy)
        fib = LimitedRoom(configuration.quotas, limit: configuration.quotas.routesInFIB.effectiveLimit)
        propagations = configuration.propagations.map { Propagation($0, of: configuration, state: .available) }
        persistence = Persistence(configuration.persistRoutes)
        objects = RouteServerObjects(configuration)
        for peer in configuration.peers where peerNumbers[peer.id] == nil {
            addPeer(peer, state: .available)
        }
    }

    mutating func addPeer(_ peer: RouteServerConfiguration.Peer, state: RouteServerObjectState) {
        let source = source(of: peer)
        peerNumbers[peer.id] = routes.addSource(source).index
        _ = persistence.relearned?.addSource(source)
        peers.append(PeerState(configuration: peer, state: state))
    }

    /// The last tie-break is the endpoint's address: two sessions of one device differ in nothing else.
    private func source(of peer: RouteServerConfiguration.Peer) -> RoutingTable.Source {
        RoutingTable.Source(
            isLocal: false, isExternal: peer.asn != configuration.asn, routerID: .any, address: peer.endpointAddress)
    }

    // MARK: Sessions

    /// A peer's session reached Established; a peer that is not configured is ignored.
    package mutating func sessionEstablished(_ peer: PeerID, routerID: IPv4Address, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isLive else { return }
        if peers[number].isEstablished {
            endSession(of: peer, because: .sessionReplaced(peer), at: now)
        }
        peers[number].isEstablished = true
        establishedCount += 1
        if persistence.relearned != nil {
            persistence.relearned?.setRouterID(routerID, ofSource: RoutingTable.SourceID(number))
            noteSessionWhilePersisted(at: now)
        } else {
            routes.setRouterID(routerID, ofSource: RoutingTable.SourceID(number))
        }
        log(.bgpStatus(.up), of: number, at: now)
    }

    /// A peer's session left Established: removes all its paths (RFC 4271 section 8.2.2), unless it was the last one
    /// and routes are persisted.
    package mutating func sessionEnded(_ peer: PeerID, cause: SessionEnd, at now: Instant) {
        endSession(of: peer, because: .sessionEnded(peer, cause), at: now)
    }

    private mutating func endSession(of peer: PeerID, because cause: RouteCause, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isEstablished else { return }
        peers[number].isEstablished = false
        establishedCount -= 1
        log(.bgpStatus(.down), of: number, at: now)
        let isLast = establishedCount == 0
        if persistence.relearned != nil {
            forgetRelearned(source: RoutingTable.SourceID(number), isLast: isLast, at: now)
        } else if isLast, persistence.isEnabled, routes.table.pathCount > 0 {
            persist(at: now)
        } else {
            for prefix in routes.startRemoval(source: RoutingTable.SourceID(number)) {
                if let change = routes.removeNext(prefix, source: RoutingTable.SourceID(number)) {
                    follow(change, cause: cause, at: now)
                }
            }
            hastenFailbacks(at: now)
        }
    }

    /// A RIB without paths, with this one's sources.
    func emptyRIB() -> LearnedRoutes {
        var routes = LearnedRoutes(configuration, policy: policy)
        for peer in peers {
            _ = routes.addSource(source(of: peer.configuration))
        }
        return routes
    }

    /// BFD reports the path to a peer as up or down.
    ///
    /// Its effect on BGP is up to the session; here it is only shown and logged.
    package mutating func bfdChanged(_ peer: PeerID, isUp: Bool, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isBFDUp != isUp else { return }
        peers[number].isBFDUp = isUp
        log(.bfdStatus(isUp ? .up : .down), of: number, at: now)
    }

    // MARK: Routes

    /// Processes an UPDATE from an established peer.
    ///
    /// A path with the route server's own ASN in it is dropped (RFC 4271 section 9.1.2), and replaces an earlier one.
    package mutating func received(_ update: UpdateMessage, from peer: PeerID, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isEstablished else { return }
        // A prefix that is also announced counts only as announced (RFC 4271 section 4.3).
        let replaced = update.withdrawn.isEmpty || update.attributes == nil ? [] : Set(update.announced)
        for prefix in update.withdrawn where !replaced.contains(prefix) {
            withdraw(prefix, peer, source: RoutingTable.SourceID(number), at: now)
        }
        guard let attributes = update.attributes, !update.announced.isEmpty else { return }
        let shared = store.share(attributes)
        let exclusions = (
            ipv4: policy.exclusion(of: attributes, for: .ipv4), ipv6: policy.exclusion(of: attributes, for: .ipv6)
        )
        for prefix in update.announced {
            let path = RoutingTable.Path(
                source: RoutingTable.SourceID(number), attributes: shared, since: now,
                exclusion: NetworkLayerReachability.isMulticast(prefix)
                    ? .multicast : prefix.family == .ipv4 ? exclusions.ipv4 : exclusions.ipv6)
            announce(prefix, path, peer, at: now)
            // A quota may have ended the session.
            guard peers[number].isEstablished else { return }
        }
    }

    private mutating func withdraw(_ prefix: IPPrefix, _ peer: PeerID, source: RoutingTable.SourceID, at now: Instant) {
        if logs(prefix), let path = learningTable.path(prefix, source: source) {
            log(.routeStatus(.withdrawn, prefix, path.attributes), of: source.index, at: now)
        }
        if persistence.relearned != nil {
            _ = persistence.relearned?.remove(prefix, source: source)
            return
        }
        follow(routes.remove(prefix, source: source), to: prefix, from: peer, cause: .withdrawn(peer), at: now)
    }

    private mutating func announce(_ prefix: IPPrefix, _ path: RoutingTable.Path, _ peer: PeerID, at now: Instant) {
        if logs(prefix) {
            logAnnouncement(prefix, path, at: now)
        }
        let isQuotaExceeded: Bool
        if let outcome = persistence.relearned?.update(prefix, with: path) {
            isQuotaExceeded = outcome.isQuotaExceeded
        } else {
            let outcome = routes.update(prefix, with: path)
            isQuotaExceeded = outcome.isQuotaExceeded
            follow(outcome, to: prefix, from: peer, cause: .advertised(peer), at: now)
        }
        if isQuotaExceeded, configuration.quotas.routesPerPeer.policy == .resetSession {
            let limit = configuration.quotas.routesPerPeer.limit
            endSession(
                path.source.index, .maximumNumberOfPrefixesReached,
                because: .routeQuotaExceeded(peer, limit: limit), at: now)
        }
    }

    mutating func endSession(
        _ number: Int, _ subcode: NotificationReason.CeaseSubcode, because cause: RouteCause, at now: Instant
    ) {
        let peer = peers[number].configuration.id
        endSession(of: peer, because: cause, at: now)
        emit(.endSession(peer, subcode))
    }

    private mutating func follow(
        _ outcome: LearnedRoutes.Outcome, to prefix: IPPrefix, from peer: PeerID, cause: RouteCause, at now: Instant
    ) {
        if let change = outcome.change {
            follow(change, cause: cause, at: now)
        }
        hastenFailback(prefix, at: now)
        if let promoted = outcome.promoted {
            follow(promoted, cause: cause, at: now)
        }
        if outcome.needsRefresh { emit(.requestRoutes(peer)) }
    }

    /// The table that takes the routes received now.
    private var learningTable: RoutingTable { persistence.relearned?.table ?? routes.table }

    // MARK: Output

    /// The next action; nil if there are no more.
    package mutating func nextOutput() -> Output? {
        guard takenOutputCount < outputs.count else {
            outputs.removeAll(keepingCapacity: outputs.count <= 1024)
            takenOutputCount = 0
            return nil
        }
        defer { takenOutputCount += 1 }
        return outputs[takenOutputCount]
    }

    mutating func emit(_ output: Output) {
        outputs.append(output)
    }

    /// A path of the table, with the peer it came from.
    func view(_ path: RoutingTable.Path, to prefix: IPPrefix) -> RouteServerPath {
        RouteServerPath(
            peer: peers[path.source.index].configuration, routerID: routes.table.routerID(ofSource: path.source),
            sharedAttributes: path.attributes, owner: owner(path, of: prefix), since: path.since)
    }

    /// The network interface that a path's next hop leads to.
    func owner(_ path: RoutingTable.Path, of prefix: IPPrefix) -> RouteServerConfiguration.OwnedAddress? {
        policy.owners.owner(of: path.attributes.value.nextHop, for: prefix.family)
    }

    // MARK: Log and counters

    /// What has happened to peers and their routes since the last call, if the configuration asks for a log.
    package mutating func takeLogEvents() -> [PeerLogEvent] {
        defer { logEvents.removeAll() }
        return logEvents
    }

    /// Prefixes that exist only for a measurement are not logged: one line for each would distort it.
    private func logs(_ prefix: IPPrefix) -> Bool {
        configuration.recordsPeerLog && !configuration.quotas.exempts(prefix)
    }

    private mutating func log(_ event: PeerLogEvent.Event, of number: Int, at now: Instant) {
        guard configuration.recordsPeerLog else { return }
        logEvents.append(PeerLogEvent(peer: peers[number].configuration, event: event, at: now))
    }

    private mutating func logAnnouncement(_ prefix: IPPrefix, _ path: RoutingTable.Path, at now: Instant) {
        let known = learningTable.path(prefix, source: path.source)
        guard known?.attributes != path.attributes else { return }
        let status = PeerLogEvent.Event.routeStatus(known == nil ? .advertised : .updated, prefix, path.attributes)
        log(status, of: path.source.index, at: now)
    }

    /// The number of prefixes a peer has a path to, and of these paths that may win; nil for an unknown peer.
    package func routeCounts(of peer: PeerID) -> (received: Int, accepted: Int)? {
        peerNumbers[peer].map(RoutingTable.SourceID.init).map {
            (learningTable.pathCount(ofSource: $0), learningTable.acceptedPathCount(ofSource: $0))
        }
    }

    /// The number of routes in the FIB, of those waiting for room there, and of path comparisons so far.
    package var fibCounts: (routes: Int, waiting: Int, comparisons: Int) {
        (fib.count, fib.waiting.count, routes.table.comparisonCount)
    }
}
