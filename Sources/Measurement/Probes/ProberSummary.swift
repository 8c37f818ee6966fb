// SPDX-License-Identifier: MIT-0

/// What a prober says of itself when it is done.
package struct ProberSummary: Hashable, Sendable, Codable {
    package var sentCount: UInt64
    /// Probes that left later than the limit that the prober was given.
    package var lateCount: UInt32
    /// How late a probe left at most, against the absolute schedule.
    package var maximumLateness: Milliseconds
    package var percentile99Lateness: Milliseconds
    /// Whether SCHED_FIFO was granted.
    package var hadRealTimePriority: Bool
    /// Whether mlockall was granted, so that no page that was in use was taken away.
    package var hadLockedMemory: Bool

    package init(
        sentCount: UInt64, lateCount: UInt32 = 0, maximumLateness: Milliseconds, percentile99Lateness: Milliseconds,
        hadRealTimePriority: Bool, hadLockedMemory: Bool
    ) {
        self.sentCount = sentCount
        self.lateCount = lateCount
        self.maximumLateness = maximumLateness
        self.percentile99Lateness = percentile99Lateness
        self.hadRealTimePriority = hadRealTimePriority
        self.hadLockedMemory = hadLockedMemory
    }

    static let realTimeFlag: UInt8 = 1
    static let lockedMemoryFlag: UInt8 = 2
    static let knownFlags: UInt8 = realTimeFlag | lockedMemoryFlag

    var flags: UInt8 {
        (hadRealTimePriority ? Self.realTimeFlag : 0) | (hadLockedMemory ? Self.lockedMemoryFlag : 0)
    }

    private enum CodingKeys: String, CodingKey {
        case sentCount = "sent"
        case lateCount = "late_sends"
        case maximumLateness = "max_lateness_ms"
        case percentile99Lateness = "p99_lateness_ms"
        case hadRealTimePriority = "real_time_priority"
        case hadLockedMemory = "locked_memory"
    }
}
