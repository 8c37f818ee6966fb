// SPDX-License-Identifier: MIT-0

extension BFDTimers {
    /// The default Detect Mult of a series.
    package static let usualMultiplier: UInt8 = 3

    /// Parses `10ms..300ms` or `10ms..300msx4`: every 1, 2 and 5 of every power of ten in the range, and both ends.
    ///
    /// Nil unless both ends are valid intervals, the lower one first.
    package static func series(_ text: some StringProtocol) -> [BFDTimers]? {
        let ends = text.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        let hasMultiplier = ends[1].contains { $0 == "x" || $0 == "×" }
        guard let upper = BFDTimers(hasMultiplier ? String(ends[1]) : "\(ends[1])x\(usualMultiplier)"),
            let lower = BFDTimers("\(ends[0])x\(upper.multiplier)"), lower.interval < upper.interval
        else { return nil }
        var intervals = [lower.interval]
        var decade: UInt32 = 1
        while decade <= upper.interval.value {
            intervals += [1, 2, 5].map { Microseconds(decade * $0) }.filter {
                lower.interval < $0 && $0 < upper.interval
            }
            decade *= 10
        }
        return (intervals + [upper.interval]).map { BFDTimers(interval: $0, multiplier: upper.multiplier) }
    }
}
