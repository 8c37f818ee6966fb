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

    /// Whether the path is taken to have failed, so that the BGP session over it ends with Cease / BFD Down.
    ///
    /// AdminDown on either side says nothing about the path, and BGP has a hold timer of its own (RFC 5882 section 3.2). A
    /// session that was never Up has no cause at all.
    package var endsBGP: Bool {
        switch self {
        case .controlDetectionTimeExpired, .neighborSignaledSessionDown: true
        case .neighborAdminDown: false
        // "Path Down" is how a failure noticed outside of BFD is handed to it (RFC 5880 section 6.8.16).
        case .adminDown(let diagnostic): diagnostic == .pathDown
        }
    }

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
