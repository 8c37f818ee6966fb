// SPDX-License-Identifier: MIT-0

/// A prober's report about itself when it has finished.
package struct ProberSummary: Hashable, Sendable, Codable {
    package var sentCount: UInt64
    /// Probes that left later than the limit given to the prober.
    package var lateCount: UInt32
    /// The greatest lateness of a probe, against the absolute schedule.
    package var maximumLateness: Milliseconds
    package var percentile99Lateness: Milliseconds
    /// Whether SCHED_FIFO was granted.
    package var hadRealTimePriority: Bool
    /// Whether mlockall was granted, so that no page in use was evicted.
    package var hadLockedMemory: Bool
    /// Slots of the schedule that were skipped because the prober came too late for them; nil in results of earlier
    /// versions.
    package var skippedCount: UInt64?
    /// By how much the conversion of the kernel's stamps to the monotonic clock may have been wrong at worst, in microseconds.
    package var clockPairWidth: Double?

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
        case skippedCount = "skipped_slots"
        case clockPairWidth = "clock_pair_width_us"
    }
}
