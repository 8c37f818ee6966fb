// SPDX-License-Identifier: MIT-0

/// The ranks of two order statistics, each of which bounds a quantile from one side with some confidence, whatever
/// the distribution.
package struct QuantileBounds: Hashable, Sendable {
    /// Ranks in the ascending sample, counted from 1; nil if no value of so few is a bound on that side.
    package var lower: Int?
    package var upper: Int?

    /// Rounding must not refuse a bound whose probability is exactly the confidence.
    private static let rounding = 1e-12

    /// The bounds of the `share`-quantile of `count` values; share and confidence are above 0 and below 1.
    ///
    /// The value with rank k is at least the quantile if fewer than k values lie below it, and at most the quantile if k
    /// or more do; how many do is binomial. The upper bound is the lowest such value, the lower bound the greatest.
    package init(of share: Double, count: Int, confidence: Double) {
        guard count > 0, share > 0, share < 1, confidence > 0, confidence < 1 else { return }
        let terms = BinomialDistribution(count: count, share: share).probabilities
        let enough = confidence - Self.rounding
        var fewer = 0.0
        for rank in 1...count {
            fewer += terms[rank - 1]
            if fewer >= enough {
                upper = rank
                break
            }
        }
        var asMany = 0.0
        for rank in stride(from: count, through: 1, by: -1) {
            asMany += terms[rank]
            if asMany >= enough {
                lower = rank
                break
            }
        }
    }

    /// The fewest values whose upper bound has at least `above` values above it.
    package static func minimumCount(of share: Double, confidence: Double, above: Int) -> Int {
        func suffices(_ count: Int) -> Bool {
            QuantileBounds(of: share, count: count, confidence: confidence).upper.map { $0 <= count - above } ?? false
        }
        var (tooFew, enough) = (above, above + 1)
        while !suffices(enough) { (tooFew, enough) = (enough, 2 * enough) }
        while enough - tooFew > 1 {
            let middle = tooFew + (enough - tooFew) / 2
            if suffices(middle) { enough = middle } else { tooFew = middle }
        }
        return enough
    }
}
