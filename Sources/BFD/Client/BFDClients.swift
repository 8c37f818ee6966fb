// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// A BFD session's number at its node, in the order in which sessions were added; never reused.
package struct BFDSessionID: Hashable, Sendable {
    package let value: Int

    package init(_ value: Int) {
        self.value = value
    }
}

/// What BFD says about the paths of a control protocol's sessions, and which of these end because of it (RFC 5882).
///
/// BFD calls the control protocol its client. Here each BFD session has one client: the BGP session with the same peer.
/// Feed it BFD's reports and the changes of the clients' own sessions; after each call drain `nextOutput`. If BFD runs
/// on a separate thread its reports arrive late, so each input has the instant at which it happened.
///
/// A path failure ends the client's session whether or not the peer's BFD shares fate with its control plane (the C
/// bit, RFC 5882 section 4.3): only a graceful restart would be an exception, and no session here negotiates one.
package struct BFDClients<Client: Hashable & Sendable>: Sendable {
    package enum Input: Hashable, Sendable {
        /// The client's own session reached Established, or left it.
        case established(Client)
        case ended(Client)
        /// A report from a BFD session.
        case stateChanged(BFDSessionID, to: SessionState)
        case wentDown(BFDSessionID, BFDDownCause)
    }

    package enum Output: Hashable, Sendable {
        /// The path to the client's peer has failed: its session ends now (RFC 5882 section 4.2.1).
        case pathFailed(Client, BFDDownCause, at: Instant)
        /// The BFD session came Up, or is no longer Up.
        case statusChanged(Client, isUp: Bool, at: Instant)
    }

    private struct Watch: Sendable {
        let session: BFDSessionID
        var isUp = false
    }

    private var watches: [Client: Watch] = [:]
    private var clients: [BFDSessionID: Client] = [:]
    /// When the clients' own sessions reached Established, while they are.
    private var establishedSince: [Client: Instant] = [:]
    private var outputs: [Output] = []

    package init() {}

    /// Makes a BFD session watch the path of a client from now on.
    ///
    /// An earlier one is forgotten.
    package mutating func watch(_ client: Client, by session: BFDSessionID) {
        unwatch(client)
        watches[client] = Watch(session: session)
        clients[session] = client
    }

    /// The client's BFD session is removed: its later reports say nothing about the path.
    package mutating func unwatch(_ client: Client) {
        guard let watch = watches.removeValue(forKey: client) else { return }
        clients[watch.session] = nil
    }

    /// The BFD session that watches the path of a client; nil without one.
    package func session(of client: Client) -> BFDSessionID? {
        watches[client]?.session
    }

    /// The next action for the shell; nil if there are no more.
    package mutating func nextOutput() -> Output? {
        outputs.isEmpty ? nil : outputs.removeFirst()
    }

    package mutating func handle(_ input: Input, at instant: Instant) {
        switch input {
        case .established(let client): establishedSince[client] = instant
        case .ended(let client): establishedSince[client] = nil
        case .stateChanged(let session, let state): note(state == .up, of: session, at: instant)
        case .wentDown(let session, let cause): takeDown(session, cause, at: instant)
        }
    }

    private mutating func note(_ isUp: Bool, of session: BFDSessionID, at instant: Instant) {
        guard let client = clients[session], let watch = watches[client], watch.isUp != isUp else { return }
        watches[client]?.isUp = isUp
        outputs.append(.statusChanged(client, isUp: isUp, at: instant))
    }

    private mutating func takeDown(_ session: BFDSessionID, _ cause: BFDDownCause, at instant: Instant) {
        guard let client = clients[session], cause.isPathFailure else { return }
        // If the session was established after the failure, its path works.
        guard let since = establishedSince[client], since <= instant else { return }
        establishedSince[client] = nil
        outputs.append(.pathFailed(client, cause, at: instant))
    }
}

extension BFDDownCause {
    /// Whether the path has failed.
    ///
    /// AdminDown on either side says nothing about the path, and BGP detects a dead peer by itself: "clients SHOULD NOT take
    /// any control protocol action" (RFC 5882 section 4.2, and 3.2).
    fileprivate var isPathFailure: Bool {
        switch self {
        case .controlDetectionTimeExpired, .neighborSignaledSessionDown: true
        case .neighborAdminDown: false
        // "Path Down" is how a failure noticed outside of BFD is handed to it (RFC 5880 section 6.8.16).
        case .adminDown(let diagnostic): diagnostic == .pathDown
        }
    }
}
