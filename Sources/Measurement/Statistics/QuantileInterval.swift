// SPDX-License-Identifier: MIT-0

/// The ranks of two order statistics with a quantile between them, whatever the distribution.
///
/// How many of n values lie below the p-quantile is binomial with n and p, so the probability that the quantile lies
/// between the values of two ranks is a sum of its terms.
package struct QuantileRanks: Hashable, Sendable {
    /// Ranks in the ascending sample, counted from 1.
    package var lower: Int
    package var upper: Int
    /// The probability that the quantile lies between them: 0.95 or more.
    package var confidence: Double

    /// The greatest probability with which an interval may miss its quantile.
    package static let error = 0.05

    /// The ranks between which the `share`-quantile (0 < share < 1) of `count` values lies with at least 95 %.
    ///
    /// Half of the error is allowed on either side: the lower rank is the greatest r for which P(fewer than r values
    /// lie below) is at most 2.5 %, and the upper one mirrors it. If even the greatest value exceeds its half, but not
    /// the whole error, it is the upper limit and the lower one gets the remaining error. So an interval of the 95th
    /// percentile exists from 59 values up, and is even-tailed from 72 up. Nil if there are too few values for an
    /// interval.
    package init?(of share: Double, count: Int) {
        guard count > 0, share > 0, share < 1 else { return nil }
        let terms = BinomialDistribution(count: count, share: share).probabilities
        let half = Self.error / 2
        // Beyond every value: what an interval from the first to the last misses at either end.
        let (none, all) = (terms[0], terms[count])
        let (below, above): (Double, Double) =
            if all > half {
                (Self.error - all, all)
            } else if none > half {
                (none, Self.error - none)
            } else {
                (half, half)
            }
        guard none <= below, all <= above else { return nil }
        // Invariants: `missedBelow` is P(fewer than `lower` lie below), `missedAbove` P(at least `upper` do).
        (lower, upper) = (1, count)
        var (missedBelow, missedAbove) = (none, all)
        while missedBelow + terms[lower] <= below {
            missedBelow += terms[lower]
            lower += 1
        }
        while upper > 1, missedAbove + terms[upper - 1] <= above {
            upper -= 1
            missedAbove += terms[upper]
        }
        guard lower < upper else { return nil }
        confidence = 1 - missedBelow - missedAbove
    }

    /// The fewest values with an interval of the `share`-quantile: 6 for the median, 59 for the 95th percentile.
    package static func minimumCount(of share: Double) -> Int {
        var count = 2
        while QuantileRanks(of: share, count: count) == nil {
            count += 1
        }
        return count
    }
}

/// A confidence interval of a quantile, between two values of the sample.
package struct QuantileInterval: Hashable, Sendable, Codable {
    package var lower: Double
    package var upper: Double
    /// The ranks of these values in the sorted sample, counted from 1.
    package var lowerRank: Int
    package var upperRank: Int
    /// The probability that the interval contains the quantile: 0.95 or slightly more.
    package var confidence: Double

    /// Nil if the sample is too small for an interval of the `share`-quantile.
    package init?(of share: Double, sorted: [Double]) {
        guard let ranks = QuantileRanks(of: share, count: sorted.count) else { return nil }
        lower = sorted[ranks.lower - 1]
        upper = sorted[ranks.upper - 1]
        lowerRank = ranks.lower
        upperRank = ranks.upper
        confidence = ranks.confidence
    }

    private enum CodingKeys: String, CodingKey {
        case lower, upper, confidence
        case lowerRank = "lower_rank"
        case upperRank = "upper_rank"
    }
}

/// What the greatest of some values says about the values not measured.
package enum LargestValue {
    /// The highest percentile that the greatest of `count` values bounds with 95 % confidence.
    ///
    /// It is 90 from 29 values up, 95 from 59, 99 from 299 and 99.9 from 2,995; nil without a value.
    ///
    /// The greatest value is below the p-quantile only if all are, which has the probability p^n. Whole percentiles,
    /// then 99.9.
    package static func boundedPercentile(count: Int) -> Double? {
        guard count > 0 else { return nil }
        if missProbability(of: 0.999, count: count) <= QuantileRanks.error { return 99.9 }
        return (1...99).last { missProbability(of: Double($0) / 100, count: count) <= QuantileRanks.error }
            .map(Double.init)
    }

    /// The probability that the greatest of `count` values is below the `share`-quantile.
    static func missProbability(of share: Double, count: Int) -> Double {
        var (product, factor, rest) = (1.0, share, count)
        while rest > 0 {
            if rest % 2 == 1 { product *= factor }
            factor *= factor
            rest /= 2
        }
        return product
    }
}
