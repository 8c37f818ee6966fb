// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// AWS's route server: the paths of all its peers go in, changes of VPC route tables come out.
///
/// The RIB has one path per peer and prefix. The FIB has one winner per prefix, never several. A route table is written
/// only when the next hop of the winner differs from what was written last, so losing one of an instance's two sessions
/// changes nothing there. After each input take all of `nextOutput()`: what belongs together comes out together and can be
/// written in one batch.
package struct RouteServerMachine: Sendable {
    /// What the shell is to do or to tell.
    package enum Output: Hashable, Sendable {
        case bestPathChanged(BestPathChange)
        case tableChange(TableChange)
    }

    private struct PeerState: Sendable {
        var configuration: RouteServerConfiguration.Peer
        var isEstablished = false
        var routerID = IPv4Address.any
    }

    /// What one route table was told about one prefix.
    struct Installation: Sendable {
        /// The next hop of the last table change.
        var requested: IPAddress?
        /// The next hop of the last change that was confirmed.
        var installed: IPAddress?
        /// Why the last change could not be written.
        var error: String?

        var isEmpty: Bool { requested == nil && installed == nil }
    }

    package let configuration: RouteServerConfiguration
    let table: RouteServerTables
    private var peers: [PeerState] = []
    private var peerNumbers: [PeerID: Int] = [:]
    private(set) var routes: RoutingTable
    private var store = AttributeStore()
    /// Per prefix one entry for each propagated table, in the order of the configuration.
    private(set) var installations: [IPPrefix: [Installation]] = [:]
    private var outputs: [Output] = []
    private var takenOutputCount = 0

    package init(configuration: RouteServerConfiguration) {
        self.configuration = configuration
        table = RouteServerTables(configuration)
        routes = RoutingTable(selection: configuration.selection)
        for peer in configuration.peers where peerNumbers[peer.id] == nil {
            // The last tie-break is the endpoint's address: two sessions of one device differ in nothing else.
            peerNumbers[peer.id] = routes.addSource(
                RoutingTable.Source(
                    isLocal: false, isExternal: peer.asn != configuration.asn, routerID: .any,
                    address: peer.endpointAddress))
            peers.append(PeerState(configuration: peer))
        }
    }

    // MARK: Input

    /// A peer's session reached Established; a peer that is not configured is ignored.
    package mutating func sessionEstablished(_ peer: PeerID, routerID: IPv4Address, at now: Instant) {
        guard let number = peerNumbers[peer] else { return }
        if peers[number].isEstablished {
            sessionEnded(peer, cause: "replaced by a new session", at: now)
        }
        peers[number].isEstablished = true
        peers[number].routerID = routerID
        routes.setRouterID(routerID, ofSource: number)
    }

    /// A peer's session left Established: all its paths are gone (RFC 4271 section 8.2.2).
    package mutating func sessionEnded(_ peer: PeerID, cause: String, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isEstablished else { return }
        peers[number].isEstablished = false
        for change in routes.removeAll(source: number) {
            follow(change, cause: .sessionEnded(peer, cause: cause), at: now)
        }
    }

    /// What an UPDATE of an established peer says.
    ///
    /// A path with the route server's own ASN in it is not taken (RFC 4271 section 9.1.2), and is gone if it was there before.
    package mutating func received(_ update: UpdateMessage, from peer: PeerID, at now: Instant) {
        guard let number = peerNumbers[peer], peers[number].isEstablished else { return }
        // A prefix that is announced too counts as announced alone (RFC 4271 section 4.3).
        let replaced = update.withdrawn.isEmpty || update.attributes == nil ? [] : Set(update.announced)
        for prefix in update.withdrawn where !replaced.contains(prefix) {
            if let change = routes.remove(prefix, source: number) {
                follow(change, cause: .withdrawn(peer), at: now)
            }
        }
        guard let attributes = update.attributes, !update.announced.isEmpty else { return }
        let shared = store.share(attributes)
        let path = RoutingTable.Path(
            source: number, attributes: shared, since: now, exclusion: exclusion(of: attributes))
        for prefix in update.announced {
            if let change = routes.update(prefix, with: path) {
                follow(change, cause: .advertised(peer), at: now)
            }
        }
    }

    private func exclusion(of attributes: PathAttributes) -> RoutingTable.Exclusion? {
        if attributes.asPath.contains(configuration.asn) {
            return .asLoop
        }
        if configuration.selectsOnlyResolvableNextHops, table.owners[attributes.nextHop] == nil {
            return .nextHopUnresolvable
        }
        return nil
    }

    /// The shell has written a table change, or could not and says why.
    ///
    /// A change that could not be written is asked for again with the next change of the prefix's best path.
    package mutating func confirmWritten(_ change: TableChange, error: String?) {
        guard let number = table.number(ofKernelTable: change.kernelTable),
            installations[change.prefix] != nil
        else { return }
        installations[change.prefix]?[number].confirm(change.nextHop, error: error)
        forgetIfEmpty(change.prefix)
    }

    private mutating func forgetIfEmpty(_ prefix: IPPrefix) {
        if let entries = installations[prefix], entries.allSatisfy(\.isEmpty) {
            installations[prefix] = nil
        }
    }

    // MARK: Output

    /// What is to be done next; nil when there is nothing more.
    package mutating func nextOutput() -> Output? {
        guard takenOutputCount < outputs.count else {
            outputs.removeAll(keepingCapacity: outputs.count <= 1024)
            takenOutputCount = 0
            return nil
        }
        defer { takenOutputCount += 1 }
        return outputs[takenOutputCount]
    }

    private mutating func follow(_ change: RoutingTable.BestChange, cause: BestPathChange.Cause, at now: Instant) {
        outputs.append(
            .bestPathChanged(
                BestPathChange(
                    prefix: change.prefix, winner: change.current.map(view), previous: change.previous.map(view),
                    reason: change.reason, cause: cause, at: now)))
        let owner = change.current.flatMap { table.owners[$0.attributes.value.nextHop] }
        for number in configuration.propagations.indices {
            request(table.hasStaticRoute(number, to: change.prefix) ? nil : owner, for: change.prefix, table: number)
        }
    }

    private mutating func request(
        _ owner: RouteServerConfiguration.OwnedAddress?, for prefix: IPPrefix, table number: Int
    ) {
        let known = installations[prefix]?[number] ?? Installation()
        guard known.requested != owner?.address || known.error != nil else { return }
        let none = configuration.propagations.map { _ in Installation() }
        installations[prefix, default: none][number].requested = owner?.address
        installations[prefix, default: none][number].error = nil
        if known.error != nil, known.installed == owner?.address {
            // The last change was refused and this one takes it back: the kernel has it right already.
            forgetIfEmpty(prefix)
            return
        }
        outputs.append(
            .tableChange(
                TableChange(
                    kernelTable: configuration.propagations[number].kernelTable,
                    table: configuration.propagations[number].name, prefix: prefix, nextHop: owner?.address,
                    networkInterface: owner?.networkInterface)))
    }

    /// A path of the table together with the peer it came from.
    func view(_ path: RoutingTable.Path) -> RouteServerPath {
        let peer = peers[Int(path.source)]
        return RouteServerPath(
            peer: peer.configuration, routerID: peer.routerID, sharedAttributes: path.attributes,
            owner: table.owners[path.attributes.value.nextHop], since: path.since)
    }

    // MARK: Counters

    /// How many prefixes a peer's paths lead to, and how many of these paths may win; nil for an unknown peer.
    package func routeCounts(of peer: PeerID) -> (received: Int, accepted: Int)? {
        peerNumbers[peer].map { (routes.pathCount(ofSource: $0), routes.acceptedPathCount(ofSource: $0)) }
    }
}

extension RouteServerMachine.Installation {
    fileprivate mutating func confirm(_ nextHop: IPAddress?, error: String?) {
        if error == nil {
            installed = nextHop
        }
        // What became of an earlier change says nothing about the one asked for since.
        if nextHop == requested {
            self.error = error
        }
    }
}
