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

    /// Tells the thread; the sessions are numbered as their peerings were, nil for one that was ended.
    func carryOut(by thread: BFDThread?, sessions: [(peer: IPAddress, endpoint: String?)?]) -> NodeReply {
        let meant = sessions.indices.filter { number in
            guard let session = sessions[number] else { return false }
            return (peer.map { $0 == session.peer } ?? true) && (endpoint.map { $0 == session.endpoint } ?? true)
        }
        guard let thread, !meant.isEmpty else { return .failed(reason: "there is no such BFD session") }
        for number in meant {
            switch action {
            case .setTimers(let timers): thread.send(.setTimers(number, timers))
            case .adminDown: thread.send(.adminDown(number, .administrativelyDown))
            case .adminUp: thread.send(.adminUp(number))
            }
        }
        return .bfdChanged(sessionCount: meant.count)
    }
}
