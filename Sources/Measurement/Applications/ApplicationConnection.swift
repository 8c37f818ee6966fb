// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One TCP connection of an application's client, or one attempt at it.
package struct ApplicationConnection: Hashable, Sendable, Codable {
    /// How a connection, or an attempt at one, ended.
    package enum Ending: String, Hashable, Sendable, Codable {
        /// A RST: the remote kernel knew no such connection, or closed it with data unread (RFC 9293 section 3.5.2).
        case reset = "rst"
        /// A FIN: the remote end closed it.
        case closed = "fin"
        /// ETIMEDOUT: the kernel gave up retransmitting, or the client gave up connecting.
        case timedOut = "timeout"
        /// A RST in answer to the SYN: nothing listens there.
        case refused
        /// An ICMP error: no route, or no such host.
        case unreachable
        /// Any other errno.
        case failed
        /// It had not ended when last checked.
        case survived

        /// The code that a client was given: 0 for a FIN, or Linux's errno.
        init(code: UInt16) {
            self =
                switch code {
                case 0: .closed
                case 32, 104: .reset  // EPIPE, ECONNRESET
                case 110: .timedOut  // ETIMEDOUT
                case 111: .refused  // ECONNREFUSED
                case 101, 113: .unreachable  // ENETUNREACH, EHOSTUNREACH
                default: .failed
                }
        }
    }

    /// Counted from 1 within a trial.
    package var number: UInt32
    package var dialledAt: Instant
    /// Nil for a failed attempt.
    package var connectedAt: Instant?
    package var endedAt: Instant?
    package var ending: Ending
    /// The instance whose FIN or RST ended it, identified by the segment's IP time to live; nil if none was seen.
    package var endedBy: String?
    /// The number of retransmitted segments.
    package var retransmissions: Int
    /// How many consecutive retransmission timeouts had passed at its end, or when last checked.
    package var timeouts: Int
    /// The retransmission timeout when its first request went unanswered, before it was doubled.
    package var initialTimeout: Milliseconds?
    /// The retransmission timeout at its end, or when last checked.
    package var lastTimeout: Milliseconds?

    package init(number: UInt32, dialledAt: Instant) {
        self.number = number
        self.dialledAt = dialledAt
        ending = .survived
        retransmissions = 0
        timeouts = 0
    }

    /// From the SYN to the established connection; nil for a failed attempt.
    package var connectTime: Milliseconds? { connectedAt.map { Milliseconds(from: dialledAt, to: $0) } }

    private enum CodingKeys: String, CodingKey {
        case number, ending, retransmissions, timeouts
        case dialledAt = "dialled_ns"
        case connectedAt = "connected_ns"
        case endedAt = "ended_ns"
        case endedBy = "ended_by"
        case initialTimeout = "initial_rto_ms"
        case lastTimeout = "last_rto_ms"
    }
}
