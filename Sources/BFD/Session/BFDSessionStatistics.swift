// SPDX-License-Identifier: MIT-0

/// Counts since the session was created.
package struct BFDSessionStatistics: Hashable, Sendable {
    package internal(set) var sentPackets: UInt64 = 0
    /// Accepted packets.
    package internal(set) var receivedPackets: UInt64 = 0
    package internal(set) var discardedPackets: UInt64 = 0
    /// Changes to Up.
    package internal(set) var ups: UInt64 = 0
    /// Changes from Up.
    package internal(set) var downs: UInt64 = 0
}
