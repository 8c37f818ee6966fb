// SPDX-License-Identifier: MIT-0

/// A sample in figures that assume no distribution.
///
/// The mean is given with the standard deviation because RFC 7747 section 4.7 asks for them; it never stands alone.
package struct Summary: Hashable, Sendable, Codable {
    /// A confidence interval of the median between two order statistics.
    package struct MedianInterval: Hashable, Sendable, Codable {
        package var lower: Double
        package var upper: Double
        /// Which values of the sorted sample these are, counted from 1.
        package var lowerRank: Int
        package var upperRank: Int
        /// The probability that the interval holds the median: 0.95 or a little more.
        package var confidence: Double

        private enum CodingKeys: String, CodingKey {
            case lower, upper, confidence
            case lowerRank = "lower_rank"
            case upperRank = "upper_rank"
        }
    }

    package var count: Int
    package var minimum: Double
    package var median: Double
    /// Nil below 6 values: no interval between two of them holds the median with 95 %.
    package var medianInterval: MedianInterval?
    /// The nearest rank (the smallest value that at least 95 % of the sample do not exceed); nil below 20 values.
    package var percentile95: Double?
    package var maximum: Double
    package var mean: Double
    /// With n - 1; nil for a single value.
    package var standardDeviation: Double?

    private enum CodingKeys: String, CodingKey {
        case count, median, mean
        case minimum = "min"
        case medianInterval = "median_ci95"
        case percentile95 = "p95"
        case maximum = "max"
        case standardDeviation = "standard_deviation"
    }

    /// The fewest values whose 95th percentile is more than another name for the greatest of them.
    package static let percentile95MinimumCount = 20

    /// Nil for no values, and if any of them is not finite: leaving one out would be a lie.
    package static func of(_ values: [Double]) -> Summary? {
        guard let first = values.first, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        let count = sorted.count
        let mean = sorted.reduce(0) { $0 + $1 / Double(count) }
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let interval = medianRanks(count: count).map { ranks in
            MedianInterval(
                lower: sorted[ranks.lower - 1], upper: sorted[ranks.upper - 1], lowerRank: ranks.lower,
                upperRank: ranks.upper, confidence: ranks.confidence)
        }
        return Summary(
            count: count, minimum: sorted.first ?? first,
            median: count % 2 == 1 ? sorted[count / 2] : sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2,
            medianInterval: interval,
            percentile95: count >= percentile95MinimumCount ? nearestRank(0.95, of: sorted) : nil,
            maximum: sorted.last ?? first, mean: mean,
            standardDeviation: count > 1 ? (squares / Double(count - 1)).squareRoot() : nil)
    }

    /// The order statistics, counted from 1, between which the median lies with at least 95 %; nil below 6 values.
    ///
    /// How many of n values lie below the median is binomial with p = 1/2. The lower rank is the greatest r for which
    /// P(fewer than r of them) is at most 2.5 %; the upper one mirrors it.
    package static func medianRanks(count: Int) -> (lower: Int, upper: Int, confidence: Double)? {
        guard count > 0 else { return nil }
        // From the centre outwards: there the terms are greatest, and nothing underflows however many values there are.
        let middle = (count - 1) / 2
        var term = 1.0
        for index in stride(from: 1, through: count / 2, by: 1) {
            term *= Double(2 * index - 1) / Double(2 * index)
        }
        // `term` is C(2k, k) / 4^k with k = count / 2.
        var cumulative: Double
        if count.isMultiple(of: 2) {
            cumulative = (1 - term) / 2
            term *= Double(count / 2) / Double(count / 2 + 1)
        } else {
            cumulative = 0.5
            term *= Double(count) / Double(count / 2 + 1) / 2
        }
        // Invariant: `term` is P(X = below) and `cumulative` is P(X <= below).
        var below = middle
        while below >= 0, cumulative > 0.025 {
            cumulative -= term
            term *= Double(below) / Double(count - below + 1)
            below -= 1
        }
        guard below >= 0 else { return nil }
        return (below + 1, count - below, 1 - 2 * cumulative)
    }
}

/// The smallest value that at least `share` of an ascending list do not exceed; nil for an empty one.
func nearestRank<Value>(_ share: Double, of sorted: [Value]) -> Value? {
    guard !sorted.isEmpty else { return nil }
    // 0.95 * 20 is 19 and a rounding error in some factors; a whole number must stay one.
    let rank = Int((share * Double(sorted.count) - 1e-9).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
}
