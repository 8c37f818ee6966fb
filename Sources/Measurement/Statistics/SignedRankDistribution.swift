// SPDX-License-Identifier: MIT-0

/// The distribution of a sum of ranks, each of which counts or not with equal probability: Wilcoxon's, if nothing differs.
///
/// Exact: each rank halves the probability of a sum without it and moves the other half. Ranks are whole numbers here, so
/// ranks that ties have halved are given doubled.
struct SignedRankDistribution: Sendable {
    /// P(sum = s), for s from 0 to the sum of all ranks.
    private let probabilities: [Double]

    /// `ranks` are not negative.
    init(ranks: [Int]) {
        var probabilities = [Double](repeating: 0, count: ranks.reduce(1, +))
        probabilities[0] = 1
        var highest = 0
        for rank in ranks {
            highest += rank
            for sum in stride(from: highest, through: 0, by: -1) {
                probabilities[sum] = (probabilities[sum] + (sum >= rank ? probabilities[sum - rank] : 0)) / 2
            }
        }
        self.probabilities = probabilities
    }

    /// That of the ranks 1 to `count`: of differences without ties and zeros.
    init(count: Int) { self.init(ranks: count > 0 ? Array(1...count) : []) }

    /// P(sum <= s).
    func lowerTail(_ sum: Int) -> Double {
        sum < 0 ? 0 : min(1, probabilities.prefix(sum + 1).reduce(0, +))
    }
}
