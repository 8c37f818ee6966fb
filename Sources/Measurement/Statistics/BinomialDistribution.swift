// SPDX-License-Identifier: MIT-0

/// How many of some independent values lie below a quantile.
struct BinomialDistribution: Sendable {
    /// P(X = k) for k from 0 to the number of values.
    let probabilities: [Double]

    /// Of `count` values, each with the probability `share` (0 < share < 1).
    ///
    /// Computed from the greatest term outwards and then scaled to 1: nothing significant underflows, however many
    /// values there are.
    init(count: Int, share: Double) {
        var terms = [Double](repeating: 0, count: count + 1)
        let mode = min(Int(Double(count + 1) * share), count)
        let odds = share / (1 - share)
        terms[mode] = 1
        for index in stride(from: mode, to: count, by: 1) where terms[index] > 0 {
            terms[index + 1] = terms[index] * odds * Double(count - index) / Double(index + 1)
        }
        for index in stride(from: mode, to: 0, by: -1) where terms[index] > 0 {
            terms[index - 1] = terms[index] / odds * Double(index) / Double(count - index + 1)
        }
        let sum = terms.reduce(0, +)
        probabilities = terms.map { $0 / sum }
    }
}
