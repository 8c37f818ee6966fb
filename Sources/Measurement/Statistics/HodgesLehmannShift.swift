// SPDX-License-Identifier: MIT-0

/// By how much paired values differ: the median of the means of all pairs of differences, including each with itself
/// (Walsh averages; Hodges and Lehmann 1963).
///
/// The interval has between its ends every shift that the signed-rank test does not refute at 5 %. Its ranks are exact up
/// to 50 differences and from the normal distribution beyond; ties only make it hold more often.
package struct HodgesLehmannShift: Hashable, Sendable {
    package struct Interval: Hashable, Sendable {
        package var lower: Double
        package var upper: Double
        /// The probability that it contains the shift: 0.95 or slightly more.
        package var confidence: Double
    }

    package var estimate: Double
    /// Nil below 6 differences: none has 95 %.
    package var interval: Interval?

    /// Nil without a difference.
    package init?(_ differences: [Double]) {
        guard !differences.isEmpty else { return nil }
        let averages = WalshAverages(differences)
        let middle = averages.count / 2
        let upper = averages.value(rank: middle + 1)
        estimate = averages.count.isMultiple(of: 2) ? (averages.value(rank: middle) + upper) / 2 : upper
        guard let (rank, missed) = Self.rank(count: differences.count) else { return }
        interval = Interval(
            lower: averages.value(rank: rank), upper: averages.value(rank: averages.count + 1 - rank),
            confidence: 1 - 2 * missed)
    }

    /// The greatest rank below which a true shift lies with at most 2.5 %, and with how much; nil if there is none.
    private static func rank(count: Int) -> (rank: Int, missed: Double)? {
        let half = QuantileRanks.error / 2
        if count <= SignedRankTest.exactLimit {
            let distribution = SignedRankDistribution(count: count)
            var rank = 0
            while distribution.lowerTail(rank) <= half { rank += 1 }
            return rank > 0 ? (rank, distribution.lowerTail(rank - 1)) : nil
        }
        let n = Double(count)
        let (mean, deviation) = (n * (n + 1) / 4, (n * (n + 1) * (2 * n + 1) / 24).squareRoot())
        let rank = (mean + 0.5 - StandardNormal.quantile975 * deviation).rounded(.down)
        return (Int(rank), StandardNormal.upperTail((mean + 0.5 - rank) / deviation))
    }
}

/// The means of all pairs of some values, in ascending order, without a list of them: 10,000 values have 50 million.
private struct WalshAverages {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var count: Int { sorted.count * (sorted.count + 1) / 2 }

    /// How many are at most `limit`.
    private func count(atMost limit: Double) -> Int {
        var (count, low, high) = (0, 0, sorted.count - 1)
        while low <= high {
            if (sorted[low] + sorted[high]) / 2 <= limit {
                count += high - low + 1
                low += 1
            } else {
                high -= 1
            }
        }
        return count
    }

    /// The one with this rank, counted from 1: the smallest number that at least so many do not exceed, by bisection.
    func value(rank: Int) -> Double {
        var (low, high) = (Self.position(sorted[0]), Self.position(sorted[sorted.count - 1]))
        while low < high {
            let middle = low + (high - low) / 2
            if count(atMost: Self.number(at: middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        return Self.number(at: low) + 0
    }

    /// The place of a number among all doubles in ascending order.
    private static func position(_ number: Double) -> UInt64 {
        number.sign == .minus ? ~number.bitPattern : number.bitPattern | 1 << 63
    }

    private static func number(at position: UInt64) -> Double {
        Double(bitPattern: position >> 63 == 1 ? position & ~(1 << 63) : ~position)
    }
}
