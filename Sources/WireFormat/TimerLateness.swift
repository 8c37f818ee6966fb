// SPDX-License-Identifier: MIT-0

/// How long after their deadlines a thread's timers were served: counts of wake-ups by lateness.
///
/// Counting does not allocate.
package struct TimerLateness: Codable, Hashable, Sendable {
    /// The width of a bucket; the last bucket holds everything later.
    package static let bucketNanoseconds: Int64 = 10_000
    private static let bucketCount = 1000

    package private(set) var count: Int = 0
    package private(set) var maximumNanoseconds: Int64 = 0
    private var buckets = [UInt32](repeating: 0, count: bucketCount)

    package init() {}

    /// Counts one wake-up.
    package mutating func add(_ lateness: Duration) {
        let nanoseconds = max(lateness.nanoseconds, 0)
        count += 1
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
        buckets[Int(min(nanoseconds / Self.bucketNanoseconds, Int64(Self.bucketCount - 1)))] += 1
    }

    package mutating func add(_ other: TimerLateness) {
        count += other.count
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }

    /// Clears all counts, keeping the memory.
    package mutating func removeAll() {
        guard count > 0 else { return }
        count = 0
        maximumNanoseconds = 0
        for index in buckets.indices { buckets[index] = 0 }
    }

    /// A bound that 99 of 100 wake-ups met, to the width of a bucket; nil if there were no wake-ups.
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
