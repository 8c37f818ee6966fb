// SPDX-License-Identifier: MIT-0

/// Why a session that was Up is not any more, as a routing protocol wants to know it (RFC 5882 sections 3.2 and 4.2).
package enum SessionDownCause: Hashable, Sendable, CustomStringConvertible {
    case controlDetectionTimeExpired
    /// The peer says Down, for the reason that its packet gives.
    case neighborSignaledSessionDown(Diagnostic)
    /// The peer says AdminDown.
    case neighborAdminDown
    /// We were told to.
    case adminDown(Diagnostic)

    /// One line for people.
    package var description: String {
        switch self {
        case .controlDetectionTimeExpired: "control detection time expired"
        case .neighborSignaledSessionDown(let diagnostic): "neighbor signaled session down (\(diagnostic))"
        case .neighborAdminDown: "neighbor is administratively down"
        case .adminDown(let diagnostic): "administratively down (\(diagnostic))"
        }
    }
}
