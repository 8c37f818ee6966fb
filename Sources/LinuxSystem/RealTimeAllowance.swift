// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How much of a processor a thread may use under SCHED_FIFO.
///
/// Such a thread keeps its processor from everybody else, the kernel's own threads included: one that a peer keeps busy
/// delays everything that waits for those by up to a second, and so itself (removing a namespace holds the routing lock, and
/// waits for such a thread). Then the kernel takes the processor away for 50 ms (sched(7), `sched_rt_runtime_us`). So a
/// thread that has used up its allowance continues under SCHED_OTHER until there is nothing to do.
package struct RealTimeAllowance: Sendable {
    package static let period = Duration.milliseconds(100)
    package static let timePerPeriod = Duration.milliseconds(20)

    private var periodStart: Instant
    private var used = Duration.zero

    package init(at now: Instant) { periodStart = now }

    /// Counts a stretch of work; false if the allowance of this period is used up.
    package mutating func use(from start: Instant, to end: Instant) -> Bool {
        if end - periodStart >= Self.period {
            periodStart = start
            used = .zero
        }
        used += end - start
        return used <= Self.timePerPeriod
    }
}
