// SPDX-License-Identifier: MIT-0

/// Figures of a sample that assume no distribution.
///
/// Mean and standard deviation are included because RFC 7747 section 4.7 requires them; the mean is never given without
/// them.
package struct Summary: Hashable, Sendable, Codable {
    package var count: Int
    package var minimum: Double
    package var median: Double
    /// Nil below 6 values: no two of them have the median between them with 95 %.
    package var medianInterval: QuantileInterval?
    /// The nearest rank (the smallest value that at least 95 % of the sample do not exceed); nil below 20 values.
    package var percentile95: Double?
    /// Nil below 59 values: the greatest of fewer may well be below the 95th percentile.
    package var percentile95Interval: QuantileInterval?
    package var maximum: Double
    /// The highest percentile that `maximum` bounds with 95 % confidence.
    package var percentileBoundedByMaximum: Double?
    package var mean: Double
    /// With n - 1; nil for a single value.
    package var standardDeviation: Double?

    private enum CodingKeys: String, CodingKey {
        case count, median, mean
        case minimum = "min"
        case medianInterval = "median_ci95"
        case percentile95 = "p95"
        case percentile95Interval = "p95_ci95"
        case maximum = "max"
        case percentileBoundedByMaximum = "max_bounds_percentile"
        case standardDeviation = "standard_deviation"
    }

    /// The fewest values for which the 95th percentile is not just the greatest value.
    package static let percentile95MinimumCount = 20

    /// Nil without values, and if any of them is not finite: leaving one out would falsify the result.
    package static func of(_ values: [Double]) -> Summary? {
        guard let first = values.first, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        let count = sorted.count
        let mean = sorted.reduce(0) { $0 + $1 / Double(count) }
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Summary(
            count: count, minimum: sorted.first ?? first,
            median: count % 2 == 1 ? sorted[count / 2] : sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2,
            medianInterval: QuantileInterval(of: 0.5, sorted: sorted),
            percentile95: count >= percentile95MinimumCount ? nearestRank(0.95, of: sorted) : nil,
            percentile95Interval: QuantileInterval(of: 0.95, sorted: sorted),
            maximum: sorted.last ?? first, percentileBoundedByMaximum: LargestValue.boundedPercentile(count: count),
            mean: mean,
            standardDeviation: count > 1 ? (squares / Double(count - 1)).squareRoot() : nil)
    }
}

/// The smallest value that at least `share` of an ascending list do not exceed; nil for an empty list.
func nearestRank<Value>(_ share: Double, of sorted: [Value]) -> Value? {
    guard !sorted.isEmpty else { return nil }
    // 0.95 * 20 is 19 and a rounding error in some factors; a whole number must stay one.
    let rank = Int((share * Double(sorted.count) - 1e-9).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
}
