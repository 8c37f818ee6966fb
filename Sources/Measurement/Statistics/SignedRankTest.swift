// SPDX-License-Identifier: MIT-0

/// Wilcoxon's signed-rank test: whether paired differences lie evenly on both sides of 0.
///
/// Equal differences share the mean of their ranks. A difference of 0 takes part in the ranking and then counts on neither
/// side (Pratt 1959), so that rounds without a difference weaken the evidence for one. Up to 50 pairs p is exact, whatever
/// the ties: of all signs that the differences might have had, how many give a sum as far out. Beyond, it is from the
/// normal distribution with a continuity correction.
package struct SignedRankTest: Hashable, Sendable {
    /// The number of pairs, including those without a difference.
    package var count: Int
    /// The sums of the ranks of differences above and below 0.
    package var positiveRankSum: Double
    package var negativeRankSum: Double
    /// Two-sided; 1 if nothing differs.
    package var p: Double

    package static let exactLimit = 50

    /// Differences are compared for equality to find ties, so they must be computed without rounding.
    package init(_ differences: [Double]) {
        count = differences.count
        let ranked = Self.doubledRanks(differences)
        let signed = ranked.filter { $0.difference != 0 }
        let positive = signed.reduce(0) { $0 + ($1.difference > 0 ? $1.rank : 0) }
        let all = signed.reduce(0) { $0 + $1.rank }
        positiveRankSum = Double(positive) / 2
        negativeRankSum = Double(all - positive) / 2
        let smaller = min(positive, all - positive)
        if count <= Self.exactLimit {
            p = min(1, 2 * SignedRankDistribution(ranks: signed.map(\.rank)).lowerTail(smaller))
        } else {
            // Each rank adds itself or nothing, so its variance is a quarter of its square.
            let variance = signed.reduce(0) { $0 + Double($1.rank * $1.rank) / 16 }
            let distance = max(0, Double(all) / 4 - Double(smaller) / 2 - 0.5)
            p = variance > 0 ? min(1, 2 * StandardNormal.upperTail(distance / variance.squareRoot())) : 1
        }
    }

    /// The smallest p that any differences of `count` pairs could have: all on one side.
    package static func smallestP(count: Int) -> Double {
        var p = 2.0
        for _ in 0..<max(count, 0) where p > 0 { p /= 2 }
        return min(1, p)
    }

    private static func doubledRanks(_ differences: [Double]) -> [(difference: Double, rank: Int)] {
        let sorted = differences.sorted { $0.magnitude < $1.magnitude }
        var ranked: [(difference: Double, rank: Int)] = []
        var first = 0
        while first < sorted.count {
            var end = first + 1
            while end < sorted.count, sorted[end].magnitude == sorted[first].magnitude { end += 1 }
            // The ranks first + 1 to end; twice their mean.
            ranked += sorted[first..<end].map { ($0, first + 1 + end) }
            first = end
        }
        return ranked
    }
}
