// SPDX-License-Identifier: MIT-0

/// The step of path selection that preferred the best path to the next best (RFC 4271 section 9.1).
package enum SelectionReason: String, Hashable, Sendable, Codable, CaseIterable {
    case onlyPath = "only-path"
    case localPreference = "local-preference"
    case localRoute = "local-route"
    case asPathLength = "as-path-length"
    case origin
    case multiExitDiscriminator = "med"
    case externalPeer = "external-peer"
    /// The path that was received earlier.
    case age
    case routerID = "router-id"
    case peerAddress = "peer-address"
    /// No step distinguished the two; the one considered first stays.
    case noDifference = "no-difference"
}
