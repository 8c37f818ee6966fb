// SPDX-License-Identifier: MIT-0

/// An application client's report about itself when it has finished.
package struct ApplicationClientSummary: Hashable, Sendable, Codable {
    /// Requests of all protocols, including those that could not be sent.
    package var requestCount: UInt64
    /// Requests made more than an interval after they were due.
    package var lateCount: UInt32
    /// The greatest lateness of a request, against the absolute schedule.
    package var maximumLateness: Milliseconds
    /// Whether SCHED_FIFO was granted.
    package var hadRealTimePriority: Bool
    /// Whether mlockall was granted.
    package var hadLockedMemory: Bool

    package init(
        requestCount: UInt64, lateCount: UInt32, maximumLateness: Milliseconds, hadRealTimePriority: Bool,
        hadLockedMemory: Bool
    ) {
        self.requestCount = requestCount
        self.lateCount = lateCount
        self.maximumLateness = maximumLateness
        self.hadRealTimePriority = hadRealTimePriority
        self.hadLockedMemory = hadLockedMemory
    }

    init(requestCount: UInt64, lateCount: UInt32, maximumLateness: Milliseconds, flags: UInt8) {
        self.init(
            requestCount: requestCount, lateCount: lateCount, maximumLateness: maximumLateness,
            hadRealTimePriority: flags & 1 != 0, hadLockedMemory: flags & 2 != 0)
    }

    var flags: UInt8 { (hadRealTimePriority ? 1 : 0) | (hadLockedMemory ? 2 : 0) }

    private enum CodingKeys: String, CodingKey {
        case requestCount = "requests"
        case lateCount = "late_requests"
        case maximumLateness = "max_lateness_ms"
        case hadRealTimePriority = "real_time_priority"
        case hadLockedMemory = "locked_memory"
    }
}
