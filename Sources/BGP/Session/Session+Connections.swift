// SPDX-License-Identifier: MIT-0
import WireFormat

// Connections come and go: the administrative, timer and TCP events of RFC 4271 section 8.1.
extension Session {
    mutating func start(at now: Instant) {
        guard !isStarted else { return }
        isStarted = true
        idleHold.reset()
        if configuration.isPassive {
            updatePhase()
        } else {
            dial(at: now)
        }
    }

    mutating func stop(_ notification: NotificationMessage) {
        guard isStarted else { return }
        isStarted = false
        let wasEstablished = phase == .established
        for connection in connections {
            if connection.state != .connecting {
                transmit(.notification, notification.encoded(), on: connection.id)
            }
            outputs.append(.close(connection.id))
        }
        connections = []
        connectRetryDeadline = nil
        idleHold.reset()
        if wasEstablished {
            statistics.establishedSince = nil
            statistics.flaps += 1
            statistics.lastEnd = .stopped
            outputs.append(.ended(.stopped))
        }
        updatePhase()
    }

    private mutating func dial(at now: Instant) {
        let connection = Connection(dialing: nextDialID())
        connections.append(connection)
        outputs.append(.connect(connection.id))
        connectRetryDeadline = now + random.jittered(Self.bounded(configuration.connectRetry))
        updatePhase()
    }

    mutating func dialSucceeded(_ id: ConnectionID, localAddress: IPAddress, at now: Instant) {
        guard let index = index(of: id), connections[index].state == .connecting else {
            // Given up in the meantime.
            outputs.append(.close(id))
            return
        }
        connectRetryDeadline = nil
        open(index, localAddress: localAddress, at: now)
    }

    /// The peer connected.
    ///
    /// It is tracked in every state, also in Established, until its OPEN tells whether it collides (RFC 4271 section 6.8).
    mutating func accepted(_ id: ConnectionID, localAddress: IPAddress, at now: Instant) {
        guard isStarted else {
            // RFC 4486 section 4.
            transmit(.notification, NotificationMessage(.cease(.connectionRejected)).encoded(), on: id)
            outputs.append(.close(id))
            return
        }
        guard idleHold.deadline == nil, index(of: id) == nil else {
            // "In this state, BGP FSM refuses all incoming BGP connections" (RFC 4271 section 8.2.2, Idle). Without a
            // NOTIFICATION, which would send the peer into a pause too, and the two might never meet.
            outputs.append(.close(id))
            return
        }
        // A peer that connects anew has given up the connection on which it did not yet say anything.
        for stale in connections where stale.direction == .incoming && stale.state == .openSent {
            closeCollided(stale.id)
        }
        connections.append(Connection(accepted: id))
        if !connections.contains(where: { $0.state == .connecting }) { connectRetryDeadline = nil }
        open(connections.count - 1, localAddress: localAddress, at: now)
    }

    /// Sends our OPEN; the HoldTimer starts at its large value (RFC 4271 section 8.2.2).
    private mutating func open(_ index: Int, localAddress: IPAddress, at now: Instant) {
        connections[index].state = .openSent
        connections[index].localAddress = localAddress
        connections[index].holdDeadline = now + Self.largeHoldTime
        let message = localOpen
        statistics.localOpen = message
        transmit(.open, message.encoded(), on: connections[index].id)
        updatePhase()
    }

    /// "A HoldTimer value of 4 minutes is suggested" (RFC 4271 section 8.2.2).
    static let largeHoldTime = Duration.seconds(240)

    private var localOpen: OpenMessage {
        let families = AddressFamily.allCases.filter(configuration.families.contains)
        return OpenMessage(
            asn: configuration.localASN, holdTimeSeconds: configuration.holdTimeSeconds,
            identifier: configuration.routerID,
            capabilities: families.map { .multiprotocol(AFISAFI(unicast: $0)) }
                + [.routeRefresh, .fourOctetASN(configuration.localASN)])
    }
}

// MARK: - Endings

extension Session {
    /// Ends a connection with a NOTIFICATION of ours.
    mutating func fail(_ id: ConnectionID, with notification: NotificationMessage, at now: Instant) {
        fail(id, with: notification, because: .notificationSent(notification), at: now)
    }

    /// RFC 9384 section 2: the Cease of a session that BFD ended has subcode "BFD Down".
    ///
    /// What comes of it is said first: the farewell goes to a peer that is most likely gone.
    mutating func bfdWentDown(_ cause: String, at now: Instant) {
        guard let connection = connections.first(where: { $0.state == .established }) else { return }
        lost(connection.id, because: .bfdDown(cause), at: now)
        transmit(.notification, NotificationMessage(.cease(.bfdDown)).encoded(), on: connection.id)
        outputs.append(.close(connection.id))
    }

    private mutating func fail(
        _ id: ConnectionID, with notification: NotificationMessage, because end: SessionEnd, at now: Instant
    ) {
        guard index(of: id) != nil else { return }
        transmit(.notification, notification.encoded(), on: id)
        outputs.append(.close(id))
        lost(id, because: end, at: now)
    }

    /// Closes the loser of a collision (RFC 4271 section 6.8, RFC 4486); the session goes on with the other connection.
    mutating func closeCollided(_ id: ConnectionID) {
        transmit(.notification, NotificationMessage(.cease(.connectionCollisionResolution)).encoded(), on: id)
        outputs.append(.close(id))
        connections.removeAll { $0.id == id }
    }

    /// Does what follows when a connection is gone, whoever ended it.
    mutating func lost(_ id: ConnectionID, because end: SessionEnd, at now: Instant) {
        guard let index = index(of: id) else { return }
        let connection = connections.remove(at: index)
        report(end, of: connection, at: now)
        guard connections.isEmpty else {
            updatePhase()
            return
        }
        if isHarmless(end, in: connection.state) {
            // On to Active, where only ConnectRetryTimer runs.
            if !configuration.isPassive, connectRetryDeadline == nil {
                connectRetryDeadline = now + random.jittered(Self.bounded(configuration.connectRetry))
            }
            updatePhase()
        } else {
            goIdle(at: now)
        }
    }

    private mutating func report(_ end: SessionEnd, of connection: Connection, at now: Instant) {
        if connection.state == .established {
            statistics.flaps += 1
            if let since = statistics.establishedSince { idleHold.sessionEnded(after: now - since) }
            statistics.establishedSince = nil
            statistics.lastEnd = end
            outputs.append(.ended(end))
        } else if connections.isEmpty || !isHarmless(end, in: connection.state) {
            statistics.lastEnd = end
            outputs.append(.attemptFailed(end))
        }
    }

    /// Whether the end of a connection says nothing against trying again soon.
    ///
    /// A dial that failed; TCP that broke in OpenSent, for which RFC 4271 section 8.2.2 says Active; a collision, after
    /// which the peer has another connection or soon finds it dead. RFC 4271 sends a failed dial to Idle and has
    /// IdleHoldTimer delay the next; here ConnectRetryTimer alone does, because a peer that is not up yet must not be
    /// waited for longer and longer.
    private func isHarmless(_ end: SessionEnd, in state: Connection.State) -> Bool {
        switch (end, state) {
        case (.connectionFailed, .connecting), (.closedByPeer, .connecting), (.closedByPeer, .openSent): true
        case (.notificationReceived(let message), .openSent), (.notificationReceived(let message), .openConfirm):
            message.reason == .cease(.connectionCollisionResolution)
        default: false
        }
    }

    private mutating func goIdle(at now: Instant) {
        connectRetryDeadline = nil
        idleHold.begin(at: now, random: &random)
        updatePhase()
        guard configuration.isPassive else { return }
        // A passive session harms nobody by listening: AutomaticStart_with_PassiveTcpEstablishment at once.
        idleHold.end()
        updatePhase()
    }
}

// MARK: - Timers

extension Session {
    mutating func fireTimers(at now: Instant) {
        for connection in connections {
            if let deadline = connection.holdDeadline, deadline <= now {
                // RFC 4271 section 6.5.
                fail(connection.id, with: NotificationMessage(.holdTimerExpired), because: .holdTimerExpired, at: now)
            } else if let deadline = connection.keepaliveDeadline, deadline <= now {
                sendKeepalive(on: connection.id, at: now)
            }
        }
        if let deadline = idleHold.deadline, deadline <= now {
            idleHold.end()
            dial(at: now)
        }
        if let deadline = connectRetryDeadline, deadline <= now {
            connectRetryDeadline = nil
            retryConnecting(at: now)
        }
    }

    private mutating func retryConnecting(at now: Instant) {
        if let dial = connections.first(where: { $0.state == .connecting }) {
            outputs.append(.close(dial.id))
            connections.removeAll { $0.id == dial.id }
            if connections.isEmpty {
                statistics.lastEnd = .connectionFailed("no answer")
                outputs.append(.attemptFailed(.connectionFailed("no answer")))
            }
        }
        // With another connection under way there is nothing to dial for.
        if connections.isEmpty { dial(at: now) }
    }

    mutating func sendKeepalive(on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id) else { return }
        transmit(.keepalive, Message.encodedKeepalive, on: id)
        connections[index].lastKeepalive = now
        connections[index].restartKeepaliveTimer(at: now, random: &random)
    }
}
