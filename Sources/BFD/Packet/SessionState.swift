// SPDX-License-Identifier: MIT-0

/// The State (Sta) field, and bfd.SessionState (RFC 5880 sections 4.1 and 6.2).
package enum SessionState: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case adminDown = 0
    case down = 1
    /// The RFC's Init: the peer is heard, but not known to hear us.
    case initializing = 2
    case up = 3

    /// The RFC's name.
    package var description: String {
        switch self {
        case .adminDown: "AdminDown"
        case .down: "Down"
        case .initializing: "Init"
        case .up: "Up"
        }
    }
}
