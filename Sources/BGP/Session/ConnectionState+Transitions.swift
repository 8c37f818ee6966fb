// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

// Each transition consumes the state: the next state gets its data from the last one and from the event.
extension ConnectionState {
    /// A dial succeeded: moves to OpenSent; false in any state but Connect.
    mutating func opened(localAddress: IPAddress, at now: Instant) -> Bool {
        switch consume self {
        case .connecting:
            self = .openSent(OpenSent(localAddress: localAddress, at: now))
            return true
        case let other:
            self = other
            return false
        }
    }

    /// Decodes the peer's OPEN, which `accept` answers if the session can agree to it.
    ///
    /// Throws in states other than OpenSent.
    func decodeOpen(_ body: RawSpan) throws(NotificationMessage) -> OpenMessage {
        guard phase == .openSent else { throw unexpected(.open) }
        return try OpenMessage(decodingBody: body)
    }

    /// Agrees to the peer's OPEN, sends a KEEPALIVE and moves to OpenConfirm.
    ///
    /// Does nothing in a state without an OPEN to agree to.
    mutating func accept(
        _ open: OpenMessage, for configuration: SessionConfiguration, random: inout SeededGenerator, at now: Instant
    ) {
        switch consume self {
        case .openSent(let sent):
            self = .openConfirm(OpenConfirm(sent, open, for: configuration, random: &random, at: now))
        case let other: self = other
        }
    }

    /// Handles the peer's KEEPALIVE, which leads from OpenConfirm to Established.
    ///
    /// Returns what was negotiated; nil in Established, where it restarts the HoldTimer. Throws in other states.
    mutating func receiveKeepalive(at now: Instant) throws(NotificationMessage) -> Negotiated? {
        switch consume self {
        case .openConfirm(let confirmed):
            let agreement = confirmed.agreement
            self = .established(Established(confirmed, at: now))
            return agreement.negotiated
        case .established(var established):
            established.restartHoldTimer(at: now)
            self = .established(established)
            return nil
        case let other:
            self = other
            throw unexpected(.keepalive)
        }
    }

    /// Decodes an UPDATE, which restarts the HoldTimer.
    ///
    /// Throws in states other than Established.
    mutating func receiveUpdate(_ body: RawSpan, at now: Instant) throws(NotificationMessage) -> DecodedUpdate {
        switch consume self {
        case .established(var established):
            established.restartHoldTimer(at: now)
            let agreement = established.agreement
            self = .established(established)
            return try DecodedUpdate(decodingBody: body, options: agreement.options)
        case let other:
            self = other
            throw unexpected(.update)
        }
    }

    /// Decodes a ROUTE-REFRESH: returns the requested family, nil if it must be ignored.
    ///
    /// Throws in states other than Established.
    func receiveRouteRefresh(
        _ body: RawSpan
    ) throws(NotificationMessage) -> (message: RouteRefreshMessage, family: AddressFamily?) {
        switch self {
        case .established(let established):
            let message = try RouteRefreshMessage(decodingBody: body)
            // A family that was not negotiated is ignored (RFC 2918 section 4), and so is an unannounced subtype (RFC
            // 7313).
            guard message.subtype == 0, let family = message.protocols.unicastFamily,
                established.agreement.negotiated.families.contains(family)
            else { return (message, nil) }
            return (message, family)
        default: throw unexpected(.routeRefresh)
        }
    }

    /// RFC 6608 section 4: the state in the subcode, the message's type in the data.
    private func unexpected(_ type: MessageType) -> NotificationMessage {
        let subcode: NotificationReason.FiniteStateMachineSubcode =
            switch self {
            case .connecting: .unspecified
            case .openSent: .unexpectedMessageInOpenSent
            case .openConfirm: .unexpectedMessageInOpenConfirm
            case .established: .unexpectedMessageInEstablished
            }
        return NotificationMessage(.finiteStateMachineError(subcode), data: [type.rawValue])
    }
}

// MARK: - Timers and octets

extension ConnectionState {
    /// Restarts the KeepaliveTimer, if it runs, after a KEEPALIVE or an UPDATE was sent.
    mutating func restartKeepaliveTimer(after type: MessageType, random: inout SeededGenerator, at now: Instant) {
        switch consume self {
        case .openConfirm(var confirmed):
            confirmed.keepalive.restart(after: type, random: &random, at: now)
            self = .openConfirm(confirmed)
        case .established(var established):
            established.keepalive.restart(after: type, random: &random, at: now)
            self = .established(established)
        case let other: self = other
        }
    }

    /// Restarts the SendHoldTimer, if it runs: TCP took something that was sent (RFC 9687 section 3.3).
    mutating func restartSendHoldTimer(at now: Instant) {
        switch consume self {
        case .established(var established):
            established.restartSendHoldTimer(at: now)
            self = .established(established)
        case let other: self = other
        }
    }

    /// Takes the framer out and leaves another: while octets are split into messages, a message may change the state.
    mutating func exchangeFramer(_ framer: inout MessageFramer) {
        switch consume self {
        case .connecting: self = .connecting
        case .openSent(var sent):
            swap(&sent.framer, &framer)
            self = .openSent(sent)
        case .openConfirm(var confirmed):
            swap(&confirmed.framer, &framer)
            self = .openConfirm(confirmed)
        case .established(var established):
            swap(&established.framer, &framer)
            self = .established(established)
        }
    }
}
