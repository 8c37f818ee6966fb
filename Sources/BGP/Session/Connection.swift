// SPDX-License-Identifier: MIT-0
import WireFormat

/// One TCP connection of a session, with the state that RFC 4271 section 8.2.1.2 gives each during a collision.
struct Connection {
    enum State {
        /// Dialled, not open yet.
        case connecting
        case openSent, openConfirm, established
    }

    let id: ConnectionID
    let direction: ConnectionDirection
    var state: State
    var framer = MessageFramer()
    var localAddress: IPAddress?
    /// The peer's OPEN, once it came.
    var peerOpen: OpenMessage?
    var negotiated: Negotiated?
    var options = CodecOptions()
    /// HoldTimer.
    var holdDeadline: Instant?
    /// KeepaliveTimer.
    var keepaliveDeadline: Instant?
    var lastKeepalive: Instant?

    init(dialing id: ConnectionID) {
        self.id = id
        direction = .outgoing
        state = .connecting
    }

    init(accepted id: ConnectionID) {
        self.id = id
        direction = .incoming
        state = .openSent
    }

    var phase: Phase {
        switch state {
        case .connecting: .connect
        case .openSent: .openSent
        case .openConfirm: .openConfirm
        case .established: .established
        }
    }

    /// Restarts the HoldTimer at the negotiated value; a hold time of 0 leaves it off.
    mutating func restartHoldTimer(at now: Instant) {
        guard let seconds = negotiated?.holdTimeSeconds, seconds > 0 else {
            holdDeadline = nil
            return
        }
        holdDeadline = now + .seconds(Int64(seconds))
    }

    /// Restarts the KeepaliveTimer, with jitter (RFC 4271 section 10).
    mutating func restartKeepaliveTimer(at now: Instant, random: inout SeededGenerator) {
        guard let seconds = negotiated?.keepaliveIntervalSeconds, seconds > 0 else {
            keepaliveDeadline = nil
            return
        }
        // "MUST NOT be sent more frequently than one per second" (RFC 4271 section 4.4).
        keepaliveDeadline = now + max(random.jittered(.seconds(Int64(seconds))), .seconds(1))
    }
}
