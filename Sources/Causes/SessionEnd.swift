// SPDX-License-Identifier: MIT-0

/// Why a BGP session, or an attempt at one, ended.
package enum SessionEnd: Hashable, Sendable {
    case holdTimerExpired
    /// The peer took nothing that was sent for the send hold time (RFC 9687).
    case sendHoldTimerExpired
    case closedByPeer(ConnectionEnd)
    /// The peer's reason, and its operator's text (RFC 9003), reduced to printable characters.
    case notificationReceived(NotificationReason, communication: String?)
    case notificationSent(NotificationReason)
    /// BFD detected that the path failed; a Cease with subcode 10 was sent (RFC 9384).
    case bfdDown(BFDDownCause)
    /// This system ended it, on request.
    case stopped
    /// No connection was made; only before Established.
    case connectionFailed(SystemFailure)
    /// The peer did not answer a dial; only before Established.
    case noAnswer
}

extension SessionEnd {
    /// Whether every further attempt ends the same way, until somebody changes a configuration.
    package var isLasting: Bool {
        switch self {
        case .notificationSent(let reason), .notificationReceived(let reason, _):
            switch reason {
            case .openMessageError(let subcode): subcode != .unacceptableHoldTime
            case .cease(let subcode): subcode == .maximumNumberOfPrefixesReached || subcode == .peerDeconfigured
            default: false
            }
        default: false
        }
    }
}

/// How TCP reported the end of a connection.
package enum ConnectionEnd: Hashable, Sendable {
    case fin
    case reset
    /// Another error of the socket, such as "No route to host".
    case error(SystemFailure)
}

/// In JSON a `kind`, and next to it the kind's values.
extension SessionEnd: Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case holdTimerExpired = "hold-timer-expired"
        case sendHoldTimerExpired = "send-hold-timer-expired"
        case fin, reset
        case connectionError = "connection-error"
        case notificationReceived = "notification-received"
        case notificationSent = "notification-sent"
        case bfdDown = "bfd-down"
        case stopped
        case connectionFailed = "connection-failed"
        case noAnswer = "no-answer"
    }

    package var kind: Kind {
        switch self {
        case .holdTimerExpired: .holdTimerExpired
        case .sendHoldTimerExpired: .sendHoldTimerExpired
        case .closedByPeer(.fin): .fin
        case .closedByPeer(.reset): .reset
        case .closedByPeer(.error): .connectionError
        case .notificationReceived: .notificationReceived
        case .notificationSent: .notificationSent
        case .bfdDown: .bfdDown
        case .stopped: .stopped
        case .connectionFailed: .connectionFailed
        case .noAnswer: .noAnswer
        }
    }

    private enum CodingKeys: String, CodingKey {
        case kind, notification, communication, bfd, failure
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func notification() throws -> NotificationReason {
            try container.decode(NotificationReason.self, forKey: .notification)
        }
        func failure() throws -> SystemFailure { try container.decode(SystemFailure.self, forKey: .failure) }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .holdTimerExpired: .holdTimerExpired
            case .sendHoldTimerExpired: .sendHoldTimerExpired
            case .fin: .closedByPeer(.fin)
            case .reset: .closedByPeer(.reset)
            case .connectionError: .closedByPeer(.error(try failure()))
            case .notificationReceived:
                .notificationReceived(
                    try notification(),
                    communication: try container.decodeIfPresent(String.self, forKey: .communication))
            case .notificationSent: .notificationSent(try notification())
            case .bfdDown: .bfdDown(try container.decode(BFDDownCause.self, forKey: .bfd))
            case .stopped: .stopped
            case .connectionFailed: .connectionFailed(try failure())
            case .noAnswer: .noAnswer
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .notificationReceived(let reason, let communication):
            try container.encode(reason, forKey: .notification)
            try container.encodeIfPresent(communication, forKey: .communication)
        case .notificationSent(let reason): try container.encode(reason, forKey: .notification)
        case .bfdDown(let cause): try container.encode(cause, forKey: .bfd)
        case .connectionFailed(let failure), .closedByPeer(.error(let failure)):
            try container.encode(failure, forKey: .failure)
        case .holdTimerExpired, .sendHoldTimerExpired, .closedByPeer, .stopped, .noAnswer: break
        }
    }
}
