// SPDX-License-Identifier: MIT-0
import BasicContainers
import Causes
import WireFormat

// Opening and closing connections: the administrative, timer and TCP events of RFC 4271 section 8.1.
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

    mutating func stop(_ notification: NotificationMessage, at now: Instant) {
        guard isStarted else { return }
        isStarted = false
        let wasEstablished = phase == .established
        for index in connections.indices {
            let id = connections[index].id
            if connections[index].phase != .connect { transmit(.notification, notification.encoded(), on: id) }
            outputs.append(.close(id))
        }
        connections.removeAll(keepingCapacity: true)
        connectRetryDeadline = nil
        idleHold.reset()
        if wasEstablished {
            statistics.flaps += 1
            lastDown = now
            statistics.lastEnd = .stopped
            outputs.append(.ended(.stopped))
        }
        updatePhase()
    }

    private mutating func dial(at now: Instant) {
        let id = nextDialID()
        connections.append(Connection(dialing: id))
        outputs.append(.connect(id))
        connectRetryDeadline = now + random.jittered(Self.bounded(configuration.connectRetry))
        updatePhase()
    }

    mutating func dialSucceeded(_ id: ConnectionID, localAddress: IPAddress, at now: Instant) {
        guard let index = index(of: id), connections[index].state.opened(localAddress: localAddress, at: now) else {
            // Given up meanwhile.
            outputs.append(.close(id))
            return
        }
        connectRetryDeadline = nil
        sendOpen(on: id)
    }

    /// The peer connected.
    ///
    /// It is tracked in every state, even Established, until its OPEN shows whether it collides (RFC 4271 section 6.8).
    mutating func accepted(_ id: ConnectionID, localAddress: IPAddress, at now: Instant) {
        guard isStarted else {
            // RFC 4486 section 4.
            transmit(.notification, NotificationMessage(.cease(.connectionRejected)).encoded(), on: id)
            outputs.append(.close(id))
            return
        }
        guard idleHold.deadline == nil, index(of: id) == nil else {
            // "In this state, BGP FSM refuses all incoming BGP connections" (RFC 4271 section 8.2.2, Idle). No
            // NOTIFICATION is sent: it would make the peer pause too, and the two might never meet.
            outputs.append(.close(id))
            return
        }
        // A peer that connects again has given up the connection on which it has not yet sent anything.
        if let stale = firstIndex(where: { $0.direction == .incoming && $0.phase == .openSent }) {
            closeCollided(connections[stale].id)
        }
        connections.append(Connection(accepted: id, localAddress: localAddress, at: now))
        if firstIndex(where: { $0.phase == .connect }) == nil { connectRetryDeadline = nil }
        sendOpen(on: id)
    }

    private mutating func sendOpen(on id: ConnectionID) {
        let message = localOpen
        statistics.localOpen = message
        transmit(.open, message.encoded(), on: id)
        updatePhase()
    }

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
    /// Ends a connection with our NOTIFICATION.
    mutating func fail(_ id: ConnectionID, with notification: NotificationMessage, at now: Instant) {
        fail(id, with: notification, because: .notificationSent(notification.reason), at: now)
    }

    /// RFC 9384 section 2: the Cease of a session that BFD ended has subcode "BFD Down".
    ///
    /// The end is reported first: the NOTIFICATION goes to a peer that is most likely gone.
    mutating func bfdWentDown(_ cause: BFDDownCause, at now: Instant) {
        guard let index = establishedIndex else { return }
        let id = connections[index].id
        lost(id, because: .bfdDown(cause), at: now)
        transmit(.notification, NotificationMessage(.cease(.bfdDown)).encoded(), on: id)
        outputs.append(.close(id))
    }

    private mutating func fail(
        _ id: ConnectionID, with notification: NotificationMessage, because end: SessionEnd, at now: Instant
    ) {
        guard index(of: id) != nil else { return }
        transmit(.notification, notification.encoded(), on: id)
        outputs.append(.close(id))
        lost(id, because: end, at: now)
    }

    /// Closes the loser of a collision (RFC 4271 section 6.8, RFC 4486); the session continues with the other
    /// connection.
    mutating func closeCollided(_ id: ConnectionID) {
        transmit(.notification, NotificationMessage(.cease(.connectionCollisionResolution)).encoded(), on: id)
        outputs.append(.close(id))
        remove(id)
    }

    /// Handles the loss of a connection, whichever side ended it.
    mutating func lost(_ id: ConnectionID, because end: SessionEnd, at now: Instant) {
        guard let index = index(of: id) else { return }
        let connection = connections.remove(at: index)
        report(end, of: connection, at: now)
        guard connections.isEmpty else {
            updatePhase()
            return
        }
        if isHarmless(end, in: connection.phase) {
            // On to Active, where only ConnectRetryTimer runs.
            if !configuration.isPassive, connectRetryDeadline == nil {
                connectRetryDeadline = now + random.jittered(Self.bounded(configuration.connectRetry))
            }
            updatePhase()
        } else {
            goIdle(at: now)
        }
    }

    private mutating func report(_ end: SessionEnd, of connection: borrowing Connection, at now: Instant) {
        if let since = connection.state.establishedSince {
            statistics.flaps += 1
            lastDown = now
            idleHold.sessionEnded(after: now - since)
            statistics.lastEnd = end
            outputs.append(.ended(end))
        } else if connections.isEmpty || !isHarmless(end, in: connection.phase) {
            statistics.lastEnd = end
            outputs.append(.attemptFailed(end))
        }
    }

    /// Whether a connection's end is no reason to delay the next attempt.
    ///
    /// That is a failed dial; TCP broken in OpenSent, for which RFC 4271 section 8.2.2 says Active; or a collision,
    /// after which the peer has another connection or soon finds it dead. RFC 4271 moves a failed dial to Idle, where
    /// IdleHoldTimer delays the next one; here only ConnectRetryTimer does, because waits for a peer that is not up yet
    /// must not grow longer and longer.
    private func isHarmless(_ end: SessionEnd, in phase: Phase) -> Bool {
        switch (end, phase) {
        case (.connectionFailed, .connect), (.closedByPeer, .connect), (.closedByPeer, .openSent): true
        case (.notificationReceived(let reason, _), .openSent), (.notificationReceived(let reason, _), .openConfirm):
            reason == .cease(.connectionCollisionResolution)
        default: false
        }
    }

    private mutating func goIdle(at now: Instant) {
        connectRetryDeadline = nil
        idleHold.begin(at: now, random: &random)
        updatePhase()
        guard configuration.isPassive else { return }
        // Listening harms no one: AutomaticStart_with_PassiveTcpEstablishment at once.
        idleHold.end()
        updatePhase()
    }
}

// MARK: - Timers

extension Session {
    mutating func fireTimers(at now: Instant) {
        for id in connections.indices.map({ connections[$0].id }) {
            guard let index = index(of: id) else { continue }
            if let deadline = connections[index].state.holdDeadline, deadline <= now {
                // RFC 4271 section 6.5.
                fail(id, with: NotificationMessage(.holdTimerExpired), because: .holdTimerExpired, at: now)
            } else if let deadline = connections[index].state.sendHoldDeadline, deadline <= now {
                // RFC 9687 section 4. A NOTIFICATION would wait behind what the peer does not read, so none is sent.
                outputs.append(.close(id))
                lost(id, because: .sendHoldTimerExpired, at: now)
            } else if let deadline = connections[index].state.keepaliveDeadline, deadline <= now {
                sendKeepalive(on: id, at: now)
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
        if let dial = firstIndex(where: { $0.phase == .connect }) {
            outputs.append(.close(connections[dial].id))
            _ = connections.remove(at: dial)
            if connections.isEmpty {
                statistics.lastEnd = .noAnswer
                outputs.append(.attemptFailed(.noAnswer))
            }
        }
        // If another connection is in progress, there is nothing to dial for.
        if connections.isEmpty { dial(at: now) }
    }

    mutating func sendKeepalive(on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id) else { return }
        transmit(.keepalive, Message.encodedKeepalive, on: id)
        connections[index].state.restartKeepaliveTimer(after: .keepalive, random: &random, at: now)
    }
}
