// SPDX-License-Identifier: MIT-0

/// Holm's adjustment of several p values, so that the probability of one false finding among all of them stays below 5 %
/// (Holm 1979).
package enum HolmAdjustment {
    /// Each p value as it counts among all, in the order given: the smallest times their number, the next times one less,
    /// and so on, none below the one before it.
    package static func adjusted(_ values: [Double]) -> [Double] {
        var adjusted = values
        var highest = 0.0
        for (place, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            highest = max(highest, min(1, Double(values.count - place) * values[index]))
            adjusted[index] = highest
        }
        return adjusted
    }
}
