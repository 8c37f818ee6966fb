// SPDX-License-Identifier: MIT-0

/// A duration that is known only to lie between two others.
package struct LossBracket: Hashable, Sendable, Codable {
    package var lower: Milliseconds
    /// Nil while the bracket is open: connectivity did not come back, or had never been there.
    package var upper: Milliseconds?

    package init(lower: Milliseconds, upper: Milliseconds?) {
        self.lower = lower
        self.upper = upper
    }

    /// The middle; nil while the bracket is open.
    package var estimate: Milliseconds? { upper.map(lower.middle(to:)) }

    private enum CodingKeys: String, CodingKey {
        case lower = "lower_ms"
        case upper = "upper_ms"
    }

    /// An open bracket is longer than every closed one.
    func isShorter(than other: LossBracket) -> Bool {
        (upper == nil ? 1 : 0, upper ?? lower) < (other.upper == nil ? 1 : 0, other.upper ?? other.lower)
    }
}

/// Several loss periods of one event, combined in three ways.
package struct SeveralLossPeriods: Hashable, Sendable, Codable {
    package var count: Int
    /// The longest period: the longest time without an answer.
    package var longest: LossBracket
    /// The sum of all periods: the total time without an answer.
    package var total: LossBracket
    /// From the start of the first to the end of the last, including the time in between.
    package var span: LossBracket

    /// Nil for fewer than two periods; they must be in the order of time.
    init?(_ periods: [LossPeriod]) {
        guard periods.count > 1, let first = periods.first, let last = periods.last else { return nil }
        count = periods.count
        let brackets = periods.map(\.bracket)
        longest = brackets.reduce(first.bracket) { $0.isShorter(than: $1) ? $1 : $0 }
        total = brackets.dropFirst().reduce(first.bracket) { total, one in
            LossBracket(
                lower: total.lower + one.lower,
                upper: total.upper.flatMap { upper in one.upper.map { upper + $0 } })
        }
        span = LossBracket(
            lower: Milliseconds(from: first.firstLostAt, to: last.lastLostAt),
            upper: first.lastGoodBefore.flatMap { before in
                last.firstGoodAfter.map { Milliseconds(from: before, to: $0) }
            })
    }
}
