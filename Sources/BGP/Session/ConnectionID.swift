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

/// How TCP reported the end of a connection.
package enum ConnectionEnd: Hashable, Sendable, Codable, CustomStringConvertible {
    case fin
    case reset
    /// Another error of the socket, such as "No route to host".
    case error(String)

    package var description: String {
        switch self {
        case .fin: "FIN"
        case .reset: "RST"
        case .error(let reason): reason
        }
    }
}
