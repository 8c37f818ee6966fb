// SPDX-License-Identifier: MIT-0

/// What a session has counted since it was made.
package struct BFDSessionStatistics: Hashable, Sendable {
    package internal(set) var sentPackets: UInt64 = 0
    /// Those that were accepted.
    package internal(set) var receivedPackets: UInt64 = 0
    package internal(set) var discardedPackets: UInt64 = 0
    /// Changes to Up.
    package internal(set) var ups: UInt64 = 0
    /// Changes from Up.
    package internal(set) var downs: UInt64 = 0
}
