// SPDX-License-Identifier: MIT-0
package import BFD
package import WireFormat

/// A change to running sessions: other timers, or AdminDown and back.
package struct BFDChange: Codable, Hashable, Sendable {
    package enum Action: Codable, Hashable, Sendable {
        /// Other intervals and another Detect Mult, by a Poll Sequence if necessary (RFC 5880 section 6.8.3).
        case setTimers(BFDTimers)
        /// Hold down administratively (RFC 5880 section 6.8.16).
        case adminDown
        case adminUp
    }

    package var action: Action
    /// Only sessions with this peer; nil: with all peers.
    package var peer: IPAddress?
    /// Only sessions of this endpoint; nil: of all endpoints.
    package var endpoint: String?

    package init(_ action: Action, peer: IPAddress? = nil, endpoint: String? = nil) {
        self.action = action
        self.peer = peer
        self.endpoint = endpoint
    }
}
