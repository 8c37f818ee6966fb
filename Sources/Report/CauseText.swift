// SPDX-License-Identifier: MIT-0
package import Causes
package import Measurement

// Causes are values everywhere else; a cause has its words here and nowhere else.

extension SessionEnd {
    /// For people: "hold timer expired".
    package var text: String {
        switch self {
        case .holdTimerExpired: "hold timer expired"
        case .sendHoldTimerExpired: "send hold timer expired: the peer read nothing"
        case .closedByPeer(let end): "connection closed by peer (\(end.text))"
        case .notificationReceived(let reason, let communication):
            "NOTIFICATION received: \(reason)" + (communication.map { " (\"\($0)\")" } ?? "")
        case .notificationSent(let reason): "NOTIFICATION sent: \(reason)"
        case .bfdDown(let cause): "BFD: \(cause.text)"
        case .stopped: "stopped"
        case .connectionFailed(let failure): "connection failed: \(failure.text)"
        case .noAnswer: "connection failed: no answer"
        }
    }
}

extension ConnectionEnd {
    fileprivate var text: String {
        switch self {
        case .fin: "FIN"
        case .reset: "RST"
        case .error(let failure): failure.text
        }
    }
}

extension BFDDownCause {
    /// For people: "control detection time expired".
    package var text: String {
        switch self {
        case .controlDetectionTimeExpired: "control detection time expired"
        case .neighborSignaledSessionDown(let diagnostic): "neighbor signaled session down (\(diagnostic))"
        case .neighborAdminDown: "neighbor is administratively down"
        case .adminDown(let diagnostic): "administratively down (\(diagnostic))"
        }
    }
}

extension RouteCause {
    /// For people: "withdrawn by Peer1".
    package var text: String {
        switch self {
        case .advertised(let peer): "advertised by \(peer)"
        case .withdrawn(let peer): "withdrawn by \(peer)"
        case .sessionEnded(let peer, let end): "session of \(peer) ended: \(end.text)"
        case .sessionReplaced(let peer): "session of \(peer) ended: replaced by a new session"
        case .routeQuotaExceeded(let peer, let limit):
            "session of \(peer) ended: more than \(limit) routes, the quota of a peer"
        case .peerDeleted(let peer): "session of \(peer) ended: the peer was deleted"
        case .persistenceOver: "persisted routes given up"
        case .persistenceReset: "persisted routes reset"
        case .persistenceDisabled: "persist routes disabled"
        }
    }
}

extension Cause {
    /// For people, in a table or after a colon.
    package var text: String {
        switch self {
        case .session(let end): end.text
        case .bfd(let cause): cause.text
        case .diagnostic(let diagnostic): "\(diagnostic)"
        case .route(let cause): cause.text
        case .refused(let failure): failure.text
        }
    }
}

extension SelectionReason {
    /// For people, after "preferred by".
    var words: String {
        switch self {
        case .onlyPath: "being the only path"
        case .localPreference: "LOCAL_PREF"
        case .localRoute: "being local"
        case .asPathLength: "the length of AS_PATH"
        case .origin: "ORIGIN"
        case .multiExitDiscriminator: "MED"
        case .externalPeer: "being external"
        case .age: "its age"
        case .routerID: "the router ID"
        case .peerAddress: "the peer's address"
        case .noDifference: "nothing"
        }
    }
}

extension Timeline.StepCause {
    /// For people, in the last column of a timeline.
    package var text: String {
        switch self {
        case .fault(let name): name.rawValue
        case .takenBack(let name): "\(name?.rawValue ?? "the last fault") taken back"
        case .event(let cause): cause.text
        case .update(let cause): "UPDATE: \(cause.text)"
        case .path(let prefix, let nextHop): (prefix.map { "\($0) " } ?? "") + "via \(nextHop)"
        case .table(let name): "table \(name)"
        }
    }
}
