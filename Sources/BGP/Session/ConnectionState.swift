// SPDX-License-Identifier: MIT-0
import WireFormat

/// The state of one connection (RFC 4271 section 8.2.2), with exactly the data that a connection has in it.
///
/// The result of the negotiation exists from OpenConfirm on and cannot be missing there. A connection has one state, so
/// its data is never in two places: a transition consumes the old state and makes the new one from it.
enum ConnectionState: ~Copyable, Sendable {
    /// Dialled, but not open yet.
    case connecting
    case openSent(OpenSent)
    case openConfirm(OpenConfirm)
    case established(Established)

    /// The connection is open and our OPEN is sent.
    struct OpenSent: ~Copyable, Sendable {
        /// "A HoldTimer value of 4 minutes is suggested" (RFC 4271 section 8.2.2).
        static let largeHoldTime = Duration.seconds(240)

        var framer = MessageFramer()
        let localAddress: IPAddress
        /// The HoldTimer, at its large value.
        let holdDeadline: Instant

        init(localAddress: IPAddress, at now: Instant) {
            self.localAddress = localAddress
            holdDeadline = now + Self.largeHoldTime
        }
    }

    /// The peer's OPEN was accepted, and our KEEPALIVE confirms it.
    struct OpenConfirm: ~Copyable, Sendable {
        var framer: MessageFramer
        let agreement: Agreement
        /// HoldTimer.
        ///
        /// With a hold time of 0 it stays at its large value: a peer that falls silent now must not hold the session
        /// for ever.
        let holdDeadline: Instant
        var keepalive: KeepaliveTimer

        init(
            _ sent: consuming OpenSent, _ open: OpenMessage, for configuration: SessionConfiguration,
            random: inout SeededGenerator, at now: Instant
        ) {
            agreement = Agreement(configuration, open, localAddress: sent.localAddress)
            keepalive = KeepaliveTimer(agreement.negotiated, sentAt: now, random: &random)
            holdDeadline = agreement.negotiated.holdDeadline(from: now) ?? sent.holdDeadline
            framer = sent.framer
        }
    }

    struct Established: ~Copyable, Sendable {
        var framer: MessageFramer
        let agreement: Agreement
        /// When the connection became Established.
        let since: Instant
        /// HoldTimer; nil with a hold time of 0.
        private(set) var holdDeadline: Instant?
        /// SendHoldTimer (RFC 9687 section 3.3); nil with a hold time of 0.
        private(set) var sendHoldDeadline: Instant?
        var keepalive: KeepaliveTimer

        init(_ confirmed: consuming OpenConfirm, at now: Instant) {
            agreement = confirmed.agreement
            since = now
            holdDeadline = confirmed.agreement.negotiated.holdDeadline(from: now)
            sendHoldDeadline = confirmed.agreement.negotiated.sendHoldDeadline(from: now)
            keepalive = confirmed.keepalive
            framer = confirmed.framer
        }

        mutating func restartHoldTimer(at now: Instant) {
            holdDeadline = agreement.negotiated.holdDeadline(from: now)
        }

        mutating func restartSendHoldTimer(at now: Instant) {
            sendHoldDeadline = agreement.negotiated.sendHoldDeadline(from: now)
        }
    }

    /// What was negotiated in the two OPENs of a connection.
    ///
    /// It never changes, so it is shared: a state is moved with each UPDATE, and is kept small for that.
    final class Agreement: Sendable {
        let negotiated: Negotiated
        /// How UPDATEs are encoded.
        let options: CodecOptions
        /// Whether the peer accepts ROUTE-REFRESH (RFC 2918).
        let peerRefreshesRoutes: Bool

        init(_ configuration: SessionConfiguration, _ open: OpenMessage, localAddress: IPAddress) {
            let negotiated = Negotiated(configuration, open, localAddress: localAddress)
            self.negotiated = negotiated
            options = negotiated.codecOptions(isExternal: configuration.isExternal)
            peerRefreshesRoutes = open.capabilities.contains(.routeRefresh)
        }
    }
}

// MARK: - Looking

extension ConnectionState {
    var phase: Phase {
        switch self {
        case .connecting: .connect
        case .openSent: .openSent
        case .openConfirm: .openConfirm
        case .established: .established
        }
    }

    /// Nil if no HoldTimer runs.
    var holdDeadline: Instant? {
        switch self {
        case .connecting: nil
        case .openSent(let sent): sent.holdDeadline
        case .openConfirm(let confirmed): confirmed.holdDeadline
        case .established(let established): established.holdDeadline
        }
    }

    /// Nil if no SendHoldTimer runs.
    var sendHoldDeadline: Instant? {
        switch self {
        case .connecting: nil
        case .openSent: nil
        case .openConfirm: nil
        case .established(let established): established.sendHoldDeadline
        }
    }

    /// Nil if no KeepaliveTimer runs.
    var keepaliveDeadline: Instant? {
        switch self {
        case .connecting: nil
        case .openSent: nil
        case .openConfirm(let confirmed): confirmed.keepalive.deadline
        case .established(let established): established.keepalive.deadline
        }
    }

    /// When our last KEEPALIVE was sent; nil before OpenConfirm.
    var lastKeepalive: Instant? {
        switch self {
        case .connecting: nil
        case .openSent: nil
        case .openConfirm(let confirmed): confirmed.keepalive.lastSent
        case .established(let established): established.keepalive.lastSent
        }
    }

    /// Nil before OpenConfirm.
    var agreement: Agreement? {
        switch self {
        case .connecting: nil
        case .openSent: nil
        case .openConfirm(let confirmed): confirmed.agreement
        case .established(let established): established.agreement
        }
    }

    /// Nil unless Established.
    var establishedSince: Instant? {
        switch self {
        case .connecting: nil
        case .openSent: nil
        case .openConfirm: nil
        case .established(let established): established.since
        }
    }
}
