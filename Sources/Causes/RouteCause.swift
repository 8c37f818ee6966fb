// SPDX-License-Identifier: MIT-0

/// What made a route server choose another best path.
package enum RouteCause: Hashable, Sendable {
    case advertised(PeerID)
    case withdrawn(PeerID)
    case sessionEnded(PeerID, SessionEnd)
    /// The peer established a new session while it had one.
    case sessionReplaced(PeerID)
    /// The peer advertised more routes than its quota, which ended its session.
    case routeQuotaExceeded(PeerID, limit: Int)
    case peerDeleted(PeerID)
    /// The time that persisted routes have once a session is back is over.
    case persistenceOver
    /// Persisted routes were reset.
    case persistenceReset
    /// Persist routes was disabled while routes were persisted.
    case persistenceDisabled

    /// The peer whose UPDATE or session it was; nil for the other causes.
    package var peer: PeerID? {
        switch self {
        case .advertised(let peer), .withdrawn(let peer), .sessionEnded(let peer, _), .sessionReplaced(let peer),
            .routeQuotaExceeded(let peer, _), .peerDeleted(let peer):
            peer
        case .persistenceOver, .persistenceReset, .persistenceDisabled: nil
        }
    }
}

/// In JSON a `kind`, and next to it the kind's values.
extension RouteCause: Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case advertised, withdrawn
        case sessionEnded = "session-ended"
        case sessionReplaced = "session-replaced"
        case routeQuotaExceeded = "route-quota-exceeded"
        case peerDeleted = "peer-deleted"
        case persistenceOver = "persistence-over"
        case persistenceReset = "persistence-reset"
        case persistenceDisabled = "persistence-disabled"
    }

    package var kind: Kind {
        switch self {
        case .advertised: .advertised
        case .withdrawn: .withdrawn
        case .sessionEnded: .sessionEnded
        case .sessionReplaced: .sessionReplaced
        case .routeQuotaExceeded: .routeQuotaExceeded
        case .peerDeleted: .peerDeleted
        case .persistenceOver: .persistenceOver
        case .persistenceReset: .persistenceReset
        case .persistenceDisabled: .persistenceDisabled
        }
    }

    private enum CodingKeys: String, CodingKey {
        case kind, peer, session, limit
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func peer() throws -> PeerID { try container.decode(PeerID.self, forKey: .peer) }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .advertised: .advertised(try peer())
            case .withdrawn: .withdrawn(try peer())
            case .sessionEnded: .sessionEnded(try peer(), try container.decode(SessionEnd.self, forKey: .session))
            case .sessionReplaced: .sessionReplaced(try peer())
            case .routeQuotaExceeded:
                .routeQuotaExceeded(try peer(), limit: try container.decode(Int.self, forKey: .limit))
            case .peerDeleted: .peerDeleted(try peer())
            case .persistenceOver: .persistenceOver
            case .persistenceReset: .persistenceReset
            case .persistenceDisabled: .persistenceDisabled
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(peer, forKey: .peer)
        switch self {
        case .sessionEnded(_, let end): try container.encode(end, forKey: .session)
        case .routeQuotaExceeded(_, let limit): try container.encode(limit, forKey: .limit)
        default: break
        }
    }
}
