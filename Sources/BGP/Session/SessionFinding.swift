// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Something worth a line in a log that changes nothing, such as what RFC 7606 was applied to.
package enum SessionFinding: Hashable, Sendable, CustomStringConvertible {
    /// An UPDATE that cannot be encoded; its routes are withdrawn instead.
    case notSent(UpdateEncodingError)
    /// Not even that can be encoded.
    case notWithdrawn(UpdateEncodingError)
    case malformedUpdate(from: IPAddress, UpdateFindings)
    case routeRefreshIgnored(RouteRefreshMessage)

    /// One line for a log.
    package var description: String {
        switch self {
        case .notSent(let error): "not sent: \(error)"
        case .notWithdrawn(let error): "not withdrawn: \(error)"
        case .malformedUpdate(let peer, let findings): "UPDATE from \(peer): \(findings.text)"
        case .routeRefreshIgnored(let message):
            "ROUTE-REFRESH ignored: \(message.protocols) subtype \(message.subtype)"
        }
    }
}
