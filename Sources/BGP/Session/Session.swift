// SPDX-License-Identifier: MIT-0
import BasicContainers
package import Causes
import DequeModule
package import WireFormat

/// A BGP session with one peer: the finite state machine of RFC 4271 section 8, without sockets and without a clock.
///
/// Feed it events with `handle`, `received` and `send`; after each call drain `nextOutput`, carry out what it returns,
/// and call `handle(.timeReached)` when `nextDeadline` has come. While two connections collide (section 6.8) each has
/// its own state; `phase` is that of the one further along. A session is moved and never copied, as its connections
/// are.
package struct Session: ~Copyable, Sendable {
    package enum Input: Sendable {
        /// ManualStart; ignored by a session already started.
        case start
        /// ManualStop: a Cease on every connection; none is opened or accepted until the next start.
        case stop(NotificationReason.CeaseSubcode, communication: String?)
        /// BFD reports that the path to the peer has failed, and how it knows (RFC 5882 section 4.2).
        ///
        /// Ignored by a session that is not Established.
        case bfdDown(BFDDownCause)
        /// `nextDeadline` has come.
        case timeReached
        /// A dial succeeded, or the peer connected.
        case connectionOpened(ConnectionID, ConnectionDirection, localAddress: IPAddress)
        /// A dial failed.
        case connectionFailed(ConnectionID, SystemFailure)
        /// The peer or the network ended a connection.
        case connectionClosed(ConnectionID, ConnectionEnd)
        /// TCP took this many more octets of what was to be transmitted.
        case sent(ConnectionID, octetCount: Int)
    }

    package enum Output: Hashable, Sendable {
        /// Dial the peer; answer with `connectionOpened` or `connectionFailed`.
        case connect(ConnectionID)
        case transmit(ConnectionID, [UInt8])
        /// Close the connection, or give up the dial, after sending everything to be transmitted.
        case close(ConnectionID)
        case stateChanged(from: Phase, to: Phase)
        case established(Negotiated)
        /// The session was Established and no longer is.
        case ended(SessionEnd)
        /// An attempt to establish the session failed.
        case attemptFailed(SessionEnd)
        case update(UpdateMessage)
        /// The peer requests all routes of the family again (RFC 2918).
        case routeRefreshRequested(AddressFamily)
        /// The Established session's peer reads more slowly than it is sent to: make no more UPDATEs until
        /// `sendBacklogDrained`.
        case sendBacklogFull
        case sendBacklogDrained
        /// Something worth logging, such as an error handled according to RFC 7606.
        case finding(SessionFinding)
    }

    package let configuration: SessionConfiguration
    package internal(set) var phase: Phase = .idle
    package internal(set) var statistics = SessionStatistics()
    /// When the session last left Established; nil if it never did.
    package internal(set) var lastDown: Instant?
    /// The KEEPALIVEs and UPDATEs since the session was last established: what restarts the HoldTimer.
    package internal(set) var arrivals = RecentArrivals()
    /// True between `start` and `stop`.
    package internal(set) var isStarted = false

    var random: SeededGenerator
    /// At most three: a dial, an accepted one that is not past OpenSent, and one that is.
    var connections = UniqueArray<Connection>(minimumCapacity: 3)
    var outputs = Deque<Output>()
    var idleHold: IdleHold
    /// ConnectRetryTimer.
    var connectRetryDeadline: Instant?
    private var lastDial: UInt32 = 0

    /// A session in Idle.
    ///
    /// The seed determines all jitter. Both ends may use the same one.
    package init(configuration: SessionConfiguration, seed: UInt64) {
        self.configuration = configuration
        random = SeededGenerator(seed: seed ^ UInt64(configuration.routerID.bits) << 32)
        idleHold = IdleHold(
            first: Self.bounded(configuration.idleHold), longest: Self.bounded(configuration.idleHoldMax))
    }

    /// The next action for the shell; nil if there are no more.
    package mutating func nextOutput() -> Output? {
        outputs.popFirst()
    }

    /// When `handle(.timeReached)` is due; nil if no timer runs.
    package var nextDeadline: Instant? {
        var next = connectRetryDeadline
        func consider(_ deadline: Instant?) {
            guard let deadline else { return }
            next = next.map { min($0, deadline) } ?? deadline
        }
        consider(idleHold.deadline)
        for index in connections.indices {
            consider(connections[index].state.holdDeadline)
            consider(connections[index].state.sendHoldDeadline)
            consider(connections[index].state.keepaliveDeadline)
        }
        return next
    }

    /// When the session became Established; nil if it is not.
    package var establishedSince: Instant? {
        establishedIndex.flatMap { connections[$0].state.establishedSince }
    }

    package mutating func handle(_ input: Input, at now: Instant) {
        switch input {
        case .start: start(at: now)
        case .stop(let subcode, let communication): stop(.cease(subcode, communication: communication), at: now)
        case .bfdDown(let cause): bfdWentDown(cause, at: now)
        case .timeReached: fireTimers(at: now)
        case .connectionOpened(let id, .outgoing, let address): dialSucceeded(id, localAddress: address, at: now)
        case .connectionOpened(let id, .incoming, let address): accepted(id, localAddress: address, at: now)
        case .connectionFailed(let id, let failure): lost(id, because: .connectionFailed(failure), at: now)
        case .connectionClosed(let id, let end): lost(id, because: .closedByPeer(end), at: now)
        case .sent(let id, let octetCount): noteSent(octetCount, on: id, at: now)
        }
    }

    /// Handles octets received on a connection; those of a closed connection are ignored.
    package mutating func received(_ bytes: RawSpan, on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id), connections[index].phase != .connect else { return }
        // Outside `self` while it runs: it hands on messages, which may change anything here.
        var framer = MessageFramer()
        connections[index].state.exchangeFramer(&framer)
        do throws(NotificationMessage) {
            try framer.append(bytes) { type, body in
                receive(type, body, on: id, at: now)
                return self.index(of: id) != nil
            }
        } catch {
            fail(id, with: error, at: now)
        }
        if let index = self.index(of: id) { connections[index].state.exchangeFramer(&framer) }
    }

    /// Sends routes; does nothing unless Established.
    ///
    /// Routes that cannot be encoded are withdrawn instead, so that the peer does not keep an older route, and are
    /// reported.
    package mutating func send(_ update: UpdateMessage, at now: Instant) {
        guard let index = establishedIndex, let options = connections[index].state.agreement?.options else { return }
        var messages: [[UInt8]] = []
        do throws(UpdateEncodingError) {
            messages = try update.encodedMessages(options: options)
        } catch {
            outputs.append(.finding(.notSent(error)))
            let withdrawal = UpdateMessage(withdrawn: update.withdrawn + update.announced)
            do throws(UpdateEncodingError) {
                messages = try withdrawal.encodedMessages(options: options)
            } catch {
                outputs.append(.finding(.notWithdrawn(error)))
            }
        }
        guard !messages.isEmpty else { return }
        for message in messages { transmit(.update, message, on: connections[index].id) }
        // RFC 4271 section 8.2.2: each UPDATE sent restarts the KeepaliveTimer.
        connections[index].state.restartKeepaliveTimer(after: .update, random: &random, at: now)
    }

    /// Asks the peer for all routes of a family again; does nothing unless its OPEN announced the family and support
    /// (RFC 2918).
    package mutating func requestRouteRefresh(_ family: AddressFamily) {
        guard let index = establishedIndex, let agreement = connections[index].state.agreement,
            agreement.peerRefreshesRoutes, agreement.negotiated.families.contains(family)
        else { return }
        let message = RouteRefreshMessage(protocols: AFISAFI(unicast: family))
        transmit(.routeRefresh, message.encoded(), on: connections[index].id)
    }
}

// MARK: - What the parts below share

extension Session {
    /// Clamps a timer's duration: at least 10 ms, to avoid a busy loop, and at most a day.
    static func bounded(_ duration: Duration) -> Duration {
        min(max(duration, .milliseconds(10)), .seconds(86_400))
    }

    func index(of id: ConnectionID) -> Int? {
        firstIndex { $0.id == id }
    }

    /// The Established connection; there is at most one.
    var establishedIndex: Int? {
        firstIndex { $0.phase == .established }
    }

    func firstIndex(where condition: (borrowing Connection) -> Bool) -> Int? {
        for index in connections.indices where condition(connections[index]) {
            return index
        }
        return nil
    }

    mutating func remove(_ id: ConnectionID) {
        guard let index = index(of: id) else { return }
        _ = connections.remove(at: index)
    }

    mutating func transmit(_ type: MessageType, _ message: [UInt8], on id: ConnectionID) {
        statistics.sent.count(type)
        outputs.append(.transmit(id, message))
        guard let index = index(of: id) else { return }
        let hasFilled = connections[index].sending.add(message.count)
        if hasFilled, connections[index].phase == .established { outputs.append(.sendBacklogFull) }
    }

    private mutating func noteSent(_ octetCount: Int, on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id) else { return }
        connections[index].state.restartSendHoldTimer(at: now)
        let hasDrained = connections[index].sending.remove(octetCount)
        if hasDrained, connections[index].phase == .established { outputs.append(.sendBacklogDrained) }
    }

    /// Reports the session's state, if it has changed.
    mutating func updatePhase() {
        let farthest = Phase.allCases.last { phase in firstIndex { $0.phase == phase } != nil }
        let isIdle = !isStarted || idleHold.deadline != nil
        let current = farthest ?? (isIdle ? .idle : .active)
        guard current != phase else { return }
        outputs.append(.stateChanged(from: phase, to: current))
        phase = current
    }

    /// The number of the next dial.
    mutating func nextDialID() -> ConnectionID {
        // The upper half belongs to accepted connections; after four billion dials the numbers start over.
        lastDial = lastDial % (ConnectionID.firstIncoming.value - 1) + 1
        return ConnectionID(value: lastDial)
    }
}
