// SPDX-License-Identifier: MIT-0
import WireFormat

// Messages come in: the message-based events of RFC 4271 section 8.1.5.
extension Session {
    mutating func receive(_ type: MessageType, _ body: RawSpan, on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id) else { return }
        statistics.received.count(type)
        do throws(NotificationMessage) {
            switch (connections[index].state, type) {
            case (_, .notification):
                let notification = try NotificationMessage(decodingBody: body)
                outputs.append(.close(id))
                lost(id, because: .notificationReceived(notification), at: now)
            case (.openSent, .open):
                try receiveOpen(try OpenMessage(decodingBody: body), on: id, at: now)
            case (.openConfirm, .keepalive):
                establish(index, at: now)
            case (.established, .keepalive):
                connections[index].restartHoldTimer(at: now)
            case (.established, .update):
                connections[index].restartHoldTimer(at: now)
                receiveUpdate(try DecodedUpdate(decodingBody: body, options: connections[index].options))
            case (.established, .routeRefresh):
                receiveRouteRefresh(try RouteRefreshMessage(decodingBody: body), on: index)
            case (.connecting, _):
                break
            case (.openSent, _), (.openConfirm, _), (.established, _):
                throw unexpected(type, in: connections[index].state)
            }
        } catch {
            fail(id, with: error, at: now)
        }
    }

    /// RFC 6608 section 4: the state in the subcode, the message's type in the data.
    private func unexpected(_ type: MessageType, in state: Connection.State) -> NotificationMessage {
        let subcode: NotificationMessage.FiniteStateMachineSubcode =
            switch state {
            case .connecting: .unspecified
            case .openSent: .unexpectedMessageInOpenSent
            case .openConfirm: .unexpectedMessageInOpenConfirm
            case .established: .unexpectedMessageInEstablished
            }
        return NotificationMessage(.finiteStateMachineError(subcode), data: [type.rawValue])
    }

    /// OPEN in OpenSent: accepted, or the NOTIFICATION that tells why not.
    private mutating func receiveOpen(
        _ open: OpenMessage, on id: ConnectionID, at now: Instant
    ) throws(NotificationMessage) {
        statistics.remoteOpen = open
        guard open.asn == configuration.peerASN else { throw NotificationMessage(.openMessageError(.badPeerAS)) }
        guard configuration.isExternal || open.identifier != configuration.routerID else {
            // RFC 6286 section 2.2.
            throw NotificationMessage(.openMessageError(.badBGPIdentifier))
        }
        let families = configuration.families.filter(open.families.contains)
        guard !families.isEmpty else {
            // RFC 5492 section 5: the data lists the capabilities in question.
            let missing = configuration.families.map { Capability.multiprotocol(AFISAFI(unicast: $0)) }
            throw NotificationMessage(.openMessageError(.unsupportedCapability), data: missing.flatMap(\.encoded))
        }
        guard survivesCollision(id, peer: open, at: now), let index = index(of: id) else {
            closeCollided(id)
            updatePhase()
            return
        }
        let negotiated = negotiate(open, families, connections[index])
        connections[index].peerOpen = open
        connections[index].negotiated = negotiated
        connections[index].options = negotiated.codecOptions(isExternal: configuration.isExternal)
        connections[index].state = .openConfirm
        if negotiated.holdTimeSeconds > 0 {
            // With a hold time of 0 the large value stays: a peer that falls silent now must not hold the session for ever.
            connections[index].restartHoldTimer(at: now)
        }
        sendKeepalive(on: id, at: now)
        updatePhase()
    }

    private func negotiate(
        _ open: OpenMessage, _ families: [AddressFamily], _ connection: Connection
    ) -> Negotiated {
        let holdTime = min(open.holdTimeSeconds, configuration.holdTimeSeconds)
        let third = holdTime == 0 ? 0 : max(1, holdTime / 3)
        // An interval of 0 together with a hold time would mean KEEPALIVEs without pause.
        let interval = configuration.keepaliveIntervalSeconds.flatMap { $0 == 0 ? nil : $0 }
        return Negotiated(
            holdTimeSeconds: holdTime, keepaliveIntervalSeconds: min(interval ?? third, third), families: families,
            fourOctetASN: open.hasFourOctetASN, peerRouterID: open.identifier,
            localAddress: connection.localAddress ?? .v4(.any))
    }

    /// KEEPALIVE in OpenConfirm.
    private mutating func establish(_ index: Int, at now: Instant) {
        connections[index].state = .established
        connections[index].restartHoldTimer(at: now)
        connectRetryDeadline = nil
        for dial in connections where dial.state == .connecting {
            outputs.append(.close(dial.id))
        }
        let negotiated = connections[index].negotiated
        connections.removeAll { $0.state == .connecting }
        statistics.establishedSince = now
        statistics.negotiated = negotiated
        updatePhase()
        if let negotiated { outputs.append(.established(negotiated)) }
    }

    private mutating func receiveUpdate(_ decoded: DecodedUpdate) {
        for finding in decoded.findings {
            outputs.append(.finding("UPDATE from \(configuration.peerAddress): \(finding)"))
        }
        outputs.append(.update(decoded.update))
        if let second = decoded.multiprotocolUpdate { outputs.append(.update(second)) }
    }

    private mutating func receiveRouteRefresh(_ message: RouteRefreshMessage, on index: Int) {
        // A family that was not agreed on is ignored (RFC 2918 section 4), and so is a subtype that was not (RFC 7313).
        guard message.subtype == 0, let family = message.protocols.unicastFamily,
            connections[index].negotiated?.families.contains(family) ?? false
        else {
            outputs.append(.finding("ROUTE-REFRESH ignored: \(message.protocols) subtype \(message.subtype)"))
            return
        }
        outputs.append(.routeRefreshRequested(family))
    }
}

// MARK: - Collision

extension Session {
    /// Resolves a collision of the connection on which `open` arrived with one that got farther (RFC 4271 section 6.8).
    ///
    /// Only connections that brought an OPEN take part: a connection that never spoke may be dead, and must not win.
    /// Closes the other connection if that is the one to go; false if this one is.
    private mutating func survivesCollision(_ id: ConnectionID, peer open: OpenMessage, at now: Instant) -> Bool {
        guard let this = connections.first(where: { $0.id == id }),
            let other = connections.first(where: {
                $0.id != id && ($0.state == .openConfirm || $0.state == .established)
            })
        else { return true }
        if other.state == .established {
            // The default of RFC 4271 section 6.8. If the peer has restarted without a word, its kernel answers this
            // KEEPALIVE with a reset, and the dead connection is gone long before the HoldTimer would say so.
            if other.lastKeepalive.map({ now - $0 >= .seconds(1) }) ?? true {
                sendKeepalive(on: other.id, at: now)
            }
            return false
        }
        let winner = preservedDirection(peer: open)
        // Two connections of the same direction are no collision of two dials: the peer speaks on the newer one.
        let survives =
            this.direction == other.direction || this.direction == winner
            || other.peerOpen?.identifier != open.identifier
        if survives { closeCollided(other.id) }
        return survives
    }

    /// The connection that the speaker with the higher BGP Identifier opened, or the higher AS if those are equal
    /// (RFC 6286 section 2.3).
    private func preservedDirection(peer open: OpenMessage) -> ConnectionDirection {
        let isLocalHigher =
            configuration.routerID == open.identifier
            ? configuration.localASN > open.asn : configuration.routerID > open.identifier
        return isLocalHigher ? .outgoing : .incoming
    }
}
