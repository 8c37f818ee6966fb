// SPDX-License-Identifier: MIT-0
package import BFD
package import WireFormat

/// What is to become of sessions that run: other timers, or AdminDown and back.
package struct BFDChange: Codable, Hashable, Sendable {
    package enum Action: Codable, Hashable, Sendable {
        /// Other intervals and another Detect Mult, by a Poll Sequence where one is needed (RFC 5880 section 6.8.3).
        case setTimers(BFDTimers)
        /// Hold down on purpose (RFC 5880 section 6.8.16).
        case adminDown
        case adminUp
    }

    package var action: Action
    /// Only sessions with this peer; nil: with all.
    package var peer: IPAddress?
    /// Only sessions of this endpoint; nil: of all.
    package var endpoint: String?

    package init(_ action: Action, peer: IPAddress? = nil, endpoint: String? = nil) {
        self.action = action
        self.peer = peer
        self.endpoint = endpoint
    }
}
