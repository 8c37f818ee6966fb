// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// How long after their deadlines a thread's timers were served: counts of wake-ups by lateness.
package struct TimerLateness: Codable, Hashable, Sendable {
    /// The width of a bucket; the last one holds all that is later.
    package static let bucketNanoseconds: Int64 = 10_000
    private static let bucketCount = 1000

    package private(set) var count: Int = 0
    package private(set) var maximumNanoseconds: Int64 = 0
    private var buckets: [UInt32] = []

    package init() {}

    /// Counts one wake-up.
    mutating func add(_ lateness: Duration) {
        if buckets.isEmpty { buckets = [UInt32](repeating: 0, count: Self.bucketCount) }
        let nanoseconds = max(lateness.nanoseconds, 0)
        count += 1
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
        buckets[Int(min(nanoseconds / Self.bucketNanoseconds, Int64(Self.bucketCount - 1)))] += 1
    }

    mutating func add(_ other: TimerLateness) {
        count += other.count
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
        guard !other.buckets.isEmpty else { return }
        if buckets.isEmpty { buckets = [UInt32](repeating: 0, count: Self.bucketCount) }
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }

    /// A bound that 99 of 100 wake-ups kept to, to the width of a bucket; nil if there was none.
    package var percentile99Nanoseconds: Int64? {
        guard count > 0 else { return nil }
        var rest = count / 100
        for index in buckets.indices.reversed() {
            rest -= Int(buckets[index])
            if rest < 0 {
                return index == Self.bucketCount - 1
                    ? maximumNanoseconds : min(Int64(index + 1) * Self.bucketNanoseconds, maximumNanoseconds)
            }
        }
        return maximumNanoseconds
    }
}
