// SPDX-License-Identifier: MIT-0

/// A named way to fail, and what the route server and the client can notice of it.
///
/// The cases of RFC 7747 that come nearest are named; that RFC benchmarks a router, rslab a route server's customer.
package enum FaultName: String, Hashable, Sendable, Codable, CaseIterable {
    /// The instance is killed; its kernel lives long enough to close the TCP connections (5.4, adjacency hard reset).
    case kill
    /// The instance and its links vanish at once: nobody says good-bye (5.2.2, remote end).
    case powerOff = "power-off"
    /// Only the speaker is killed (SIGKILL): its kernel closes the connections, and goes on answering (5.4).
    case crash
    /// The speaker is stopped (SIGSTOP): its connections stay open, and its kernel goes on forwarding.
    case freeze
    /// The speaker is asked to end (SIGTERM) and sends Cease (5.3, adjacency failure by software).
    case terminate
    /// Both directions of the instance's link drop everything; the carrier stays (no case of its own in RFC 7747).
    case blackhole
    /// The instance's link loses its carrier; the route server's own links stay up (5.2.2, remote end).
    case linkDown = "link-down"

    /// What the far end of a BGP session gets to notice.
    package enum Signal: String, Hashable, Sendable, Codable {
        /// A NOTIFICATION message (RFC 4271 section 4.5).
        case notification
        /// FIN or RST (RFC 4271 section 8.2.2, TcpConnectionFails).
        case connectionClosed = "connection-closed"
        /// Nothing at all: only a timer tells.
        case silence
    }

    package var signal: Signal {
        switch self {
        case .kill, .crash: .connectionClosed
        case .terminate: .notification
        case .powerOff, .freeze, .blackhole, .linkDown: .silence
        }
    }

    /// Whether the instance answers no probe from the fault on.
    ///
    /// Where it is not certain, the outage may be as short as 0: the kernel of a killed instance answers until its address
    /// is gone, that of a crashed, frozen or terminated speaker until the route has moved.
    package var stopsForwarding: Bool {
        switch self {
        case .powerOff, .blackhole, .linkDown: true
        case .kill, .crash, .freeze, .terminate: false
        }
    }
}
