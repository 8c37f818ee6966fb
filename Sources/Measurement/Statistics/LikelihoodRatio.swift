// SPDX-License-Identifier: MIT-0
import RealModule

/// How much better another distribution explains a sample than the one that it should be from.
///
/// No test finds a certain alternative more often (Neyman and Pearson 1933): the distance of distribution functions misses
/// what changes few values, as when the oldest ages are missing.
struct LikelihoodRatio: Sendable {
    /// The natural logarithm of how many times as probable the alternative makes the sample.
    var logarithm: Double
    /// By how many standard deviations it is above its mean for samples from the expected distribution.
    var standardScore: Double

    /// - Parameters:
    ///   - sample: not empty
    ///   - expected: a density, as is `alternative`
    ///   - ranges: between them they have everything that both densities make possible; each is smooth within a range
    init(
        of sample: [Double], expected: (Double) -> Double, alternative: (Double) -> Double, over ranges: [Range<Double>]
    ) {
        func ratio(_ value: Double) -> Double { Double.log(alternative(value) / expected(value)) }
        logarithm = sample.reduce(0) { $0 + ratio($1) }
        var (weight, mean, square) = (0.0, 0.0, 0.0)
        for range in ranges where !range.isEmpty {
            let step = (range.upperBound - range.lowerBound) / Double(Self.pointCount)
            for point in 0..<Self.pointCount {
                let value = range.lowerBound + (Double(point) + 0.5) * step
                let (share, logarithm) = (expected(value) * step, ratio(value))
                weight += share
                mean += share * logarithm
                square += share * logarithm * logarithm
            }
        }
        mean /= weight
        let variance = max(0, square / weight - mean * mean)
        let count = Double(sample.count)
        standardScore = variance > 0 ? (logarithm - count * mean) / (count * variance).squareRoot() : 0
    }

    private static let pointCount = 100
}
