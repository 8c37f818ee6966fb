// SPDX-License-Identifier: MIT-0
import BasicContainers
import Causes
import WireFormat

// Receiving messages: the message-based events of RFC 4271 section 8.1.5.
extension Session {
    mutating func receive(_ type: MessageType, _ body: RawSpan, on id: ConnectionID, at now: Instant) {
        guard let index = index(of: id) else { return }
        statistics.received.count(type)
        do throws(NotificationMessage) {
            switch type {
            case .open: try receiveOpen(try connections[index].state.decodeOpen(body), on: id, at: now)
            case .keepalive:
                if let negotiated = try connections[index].state.receiveKeepalive(at: now) { establish(negotiated) }
                arrivals.note(now)
            case .update:
                receiveUpdate(try connections[index].state.receiveUpdate(body, at: now))
                arrivals.note(now)
            case .routeRefresh: receiveRouteRefresh(try connections[index].state.receiveRouteRefresh(body))
            case .notification:
                let notification = try NotificationMessage(decodingBody: body)
                outputs.append(.close(id))
                let end = SessionEnd.notificationReceived(
                    notification.reason, communication: notification.printableCommunication)
                lost(id, because: end, at: now)
            }
        } catch {
            fail(id, with: error, at: now)
        }
    }

    /// OPEN in OpenSent: accepted, or refused with a NOTIFICATION.
    private mutating func receiveOpen(
        _ open: OpenMessage, on id: ConnectionID, at now: Instant
    ) throws(NotificationMessage) {
        statistics.remoteOpen = open
        guard open.asn == configuration.peerASN else { throw NotificationMessage(.openMessageError(.badPeerAS)) }
        guard configuration.isExternal || open.identifier != configuration.routerID else {
            // RFC 6286 section 2.2.
            throw NotificationMessage(.openMessageError(.badBGPIdentifier))
        }
        guard configuration.families.contains(where: open.families.contains) else {
            // RFC 5492 section 5: the data lists the capabilities in question.
            let missing = configuration.families.map { Capability.multiprotocol(AFISAFI(unicast: $0)) }
            throw NotificationMessage(.openMessageError(.unsupportedCapability), data: missing.flatMap(\.encoded))
        }
        guard survivesCollision(id, peer: open, at: now), let index = index(of: id) else {
            closeCollided(id)
            updatePhase()
            return
        }
        transmit(.keepalive, Message.encodedKeepalive, on: id)
        connections[index].state.accept(open, for: configuration, random: &random, at: now)
        updatePhase()
    }

    /// A connection has become Established.
    private mutating func establish(_ negotiated: Negotiated) {
        connectRetryDeadline = nil
        if let dial = firstIndex(where: { $0.phase == .connect }) {
            outputs.append(.close(connections.remove(at: dial).id))
        }
        statistics.negotiated = negotiated
        arrivals = RecentArrivals()
        updatePhase()
        outputs.append(.established(negotiated))
    }

    private mutating func receiveUpdate(_ decoded: DecodedUpdate) {
        if !decoded.findings.isEmpty {
            outputs.append(.finding(.malformedUpdate(from: configuration.peerAddress, decoded.findings)))
        }
        outputs.append(.update(decoded.update))
        if let second = decoded.multiprotocolUpdate { outputs.append(.update(second)) }
    }

    private mutating func receiveRouteRefresh(_ request: (message: RouteRefreshMessage, family: AddressFamily?)) {
        guard let family = request.family else {
            outputs.append(.finding(.routeRefreshIgnored(request.message)))
            return
        }
        outputs.append(.routeRefreshRequested(family))
    }
}

// MARK: - Collision

extension Session {
    /// Resolves a collision between the connection on which `open` arrived and one that is further along (RFC 4271
    /// section 6.8).
    ///
    /// Only connections that delivered an OPEN take part: a silent connection may be dead, and must not win. Closes the
    /// other connection if it loses; returns false if this one does.
    private mutating func survivesCollision(_ id: ConnectionID, peer open: OpenMessage, at now: Instant) -> Bool {
        guard let this = index(of: id),
            let other = firstIndex(where: { $0.id != id && $0.state.agreement != nil }),
            let agreement = connections[other].state.agreement
        else { return true }
        let otherID = connections[other].id
        if connections[other].phase == .established {
            // The default of RFC 4271 section 6.8. If the peer has restarted silently, its kernel answers this
            // KEEPALIVE with a reset, and the dead connection is gone long before the HoldTimer would expire.
            if connections[other].state.lastKeepalive.map({ now - $0 >= .seconds(1) }) ?? true {
                sendKeepalive(on: otherID, at: now)
            }
            return false
        }
        // Two connections in the same direction are not a collision of two dials: the peer uses the newer one.
        let direction = connections[this].direction
        let survives =
            direction == connections[other].direction || direction == preservedDirection(peer: open)
            || agreement.negotiated.peerRouterID != open.identifier
        if survives { closeCollided(otherID) }
        return survives
    }

    /// The connection opened by the speaker with the higher BGP Identifier, or the higher AS if those are equal (RFC
    /// 6286 section 2.3).
    private func preservedDirection(peer open: OpenMessage) -> ConnectionDirection {
        let isLocalHigher =
            configuration.routerID == open.identifier
            ? configuration.localASN > open.asn : configuration.routerID > open.identifier
        return isLocalHigher ? .outgoing : .incoming
    }
}
