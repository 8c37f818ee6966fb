// SPDX-License-Identifier: MIT-0

/// Why a session, or an attempt at one, is over.
package enum SessionEnd: Hashable, Sendable, Codable, CustomStringConvertible {
    case holdTimerExpired
    case closedByPeer(ConnectionEnd)
    case notificationReceived(NotificationMessage)
    case notificationSent(NotificationMessage)
    /// BFD took the path for failed; the text says how it knew. A Cease with subcode 10 was sent (RFC 9384).
    case bfdDown(String)
    /// By us, on request.
    case stopped
    /// No connection came about; only before Established.
    case connectionFailed(String)

    /// One line for people.
    package var description: String {
        switch self {
        case .holdTimerExpired: "hold timer expired"
        case .closedByPeer(let end): "connection closed by peer (\(end))"
        case .notificationReceived(let message): "NOTIFICATION received: \(message)"
        case .notificationSent(let message): "NOTIFICATION sent: \(message)"
        case .bfdDown(let cause): "BFD: \(cause)"
        case .stopped: "stopped"
        case .connectionFailed(let reason): "connection failed: \(reason)"
        }
    }
}
