// SPDX-License-Identifier: MIT-0

/// Whether a sample can be from a continuous distribution: the greatest distance between the two distribution functions, and
/// how probable one as great is.
package struct KolmogorovSmirnovTest: Hashable, Sendable {
    package var count: Int
    /// D: 0...1.
    package var distance: Double
    /// The probability of a D at least as great, if the sample is from the distribution.
    package var p: Double

    /// Nil without values.
    ///
    /// `values` are in ascending order; `distribution` is the probability of a value at most that great.
    package init?(sorted values: [Double], distribution: (Double) -> Double) {
        guard !values.isEmpty else { return nil }
        count = values.count
        distance = 0
        for (index, value) in values.enumerated() {
            let expected = distribution(value)
            let above = Double(index + 1) / Double(count) - expected
            let below = expected - Double(index) / Double(count)
            distance = max(distance, above, below)
        }
        p = KolmogorovDistribution.upperTail(distance: distance, count: count)
    }
}
