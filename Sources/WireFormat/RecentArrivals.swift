// SPDX-License-Identifier: MIT-0

/// When a peer's last messages arrived: the evidence of whether it kept to its interval.
///
/// Noting one never allocates.
package struct RecentArrivals: Hashable, Sendable {
    /// The last arrival; nil before the first.
    package private(set) var last: Instant?
    private var newestGap: Duration?
    private var middleGap: Duration?
    private var oldestGap: Duration?

    package init() {}

    package mutating func note(_ arrival: Instant) {
        if let last {
            oldestGap = middleGap
            middleGap = newestGap
            newestGap = arrival - last
        }
        last = arrival
    }

    /// The gaps between the last four arrivals, the oldest first.
    package var gaps: [Duration] { [oldestGap, middleGap, newestGap].compactMap(\.self) }
}
