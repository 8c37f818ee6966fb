// SPDX-License-Identifier: MIT-0

/// How much of what a connection was given to transmit TCP has not taken yet.
///
/// Between the two marks nothing changes, so that a peer that reads slowly does not switch sending on and off with each
/// message.
struct SendBacklog: Sendable {
    /// From this on no more UPDATEs should be made.
    private static let highWaterOctetCount = 256 << 10
    /// From this down they may be made again.
    private static let lowWaterOctetCount = 64 << 10

    private(set) var octetCount = 0
    private(set) var isFull = false

    /// Returns whether the backlog has become full.
    mutating func add(_ count: Int) -> Bool {
        octetCount += count
        guard !isFull, octetCount >= Self.highWaterOctetCount else { return false }
        isFull = true
        return true
    }

    /// Returns whether the backlog is no longer full.
    mutating func remove(_ count: Int) -> Bool {
        octetCount = max(0, octetCount - count)
        guard isFull, octetCount <= Self.lowWaterOctetCount else { return false }
        isFull = false
        return true
    }
}
