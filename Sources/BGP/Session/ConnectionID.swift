// SPDX-License-Identifier: MIT-0

/// A TCP connection of a session, or an attempt at one.
///
/// The session numbers its own dials from 1; the shell numbers accepted connections from `firstIncoming`. A number is
/// never reused.
package struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    package static let firstIncoming = ConnectionID(value: 0x8000_0000)

    package var value: UInt32

    package init(value: UInt32) {
        self.value = value
    }

    package var description: String { "connection \(value)" }
}

/// Which side opened a connection.
package enum ConnectionDirection: String, Hashable, Sendable, Codable {
    case outgoing, incoming
}
