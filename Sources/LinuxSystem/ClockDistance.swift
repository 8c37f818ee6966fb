// SPDX-License-Identifier: MIT-0
internal import CLinux
package import WireFormat

/// How far CLOCK_REALTIME, the clock of kernel timestamps, is ahead of CLOCK_MONOTONIC, read now.
///
/// Both clocks are read together, and again if something came between, so only a step of the clock between timestamp and
/// reading could mislead, and those two are microseconds apart.
package struct ClockDistance: Sendable {
    private let nanoseconds: Int64
    /// By how much it may be wrong: half the time that the readings took.
    package let halfWidth: Duration

    package init() {
        var halfWidth: Int64 = 0
        nanoseconds = rslab_clock_distance(&halfWidth)
        self.halfWidth = .nanoseconds(halfWidth)
    }

    /// A kernel timestamp on the monotonic clock.
    package func monotonic(_ realTimeNanoseconds: Int64) -> Instant {
        Instant(nanoseconds: realTimeNanoseconds - nanoseconds)
    }
}
