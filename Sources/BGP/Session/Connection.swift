// SPDX-License-Identifier: MIT-0
import WireFormat

/// One TCP connection of a session: during a collision, each has its own state (RFC 4271 section 8.2.1.2).
struct Connection: ~Copyable, Sendable {
    let id: ConnectionID
    let direction: ConnectionDirection
    var state: ConnectionState
    var sending = SendBacklog()

    init(dialing id: ConnectionID) {
        self.id = id
        direction = .outgoing
        state = .connecting
    }

    /// The peer's connection, which is open; our OPEN is sent now.
    init(accepted id: ConnectionID, localAddress: IPAddress, at now: Instant) {
        self.id = id
        direction = .incoming
        state = .openSent(ConnectionState.OpenSent(localAddress: localAddress, at: now))
    }

    var phase: Phase { state.phase }
}
