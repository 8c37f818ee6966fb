// SPDX-License-Identifier: MIT-0

/// Whether a run met a budget.
package struct BudgetVerdict: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        case met, missed
        /// Only with a confidence: the trials are too few to show either.
        case notShown = "not-shown"
    }

    package var budget: Budget
    package var outcome: Outcome
    /// Nil if a valid trial has no such figure, for example because the lab did not recover.
    package var measured: Milliseconds?
    /// What the quantile of all failovers is at least, and at most, each with the budget's confidence; nil without a
    /// confidence, and if no value of so few trials is such a bound.
    package var lower: Milliseconds?
    package var upper: Milliseconds?
    /// If it is not shown: how many valid trials could show that it is met, if all others are within the limit.
    package var trialsNeeded: Int?
    /// If it is not shown: how many trials are above the limit.
    package var aboveCount: Int?
    /// How reliable it is, for display.
    package var remark: String

    package var isMet: Bool { outcome == .met }

    package init(budget: Budget, outcome: Outcome, measured: Milliseconds? = nil, remark: String) {
        self.budget = budget
        self.outcome = outcome
        self.measured = measured
        self.remark = remark
    }
}

extension BudgetVerdict: Codable {
    private enum CodingKeys: String, CodingKey {
        case budget, outcome, remark
        case isMet = "met"
        case measured = "measured_ms"
        case lower = "lower_ms"
        case upper = "upper_ms"
        case trialsNeeded = "trials_needed"
        case aboveCount = "above"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            budget: try container.decode(Budget.self, forKey: .budget),
            outcome: try container.decode(Outcome.self, forKey: .outcome),
            measured: try container.decodeIfPresent(Milliseconds.self, forKey: .measured),
            remark: try container.decode(String.self, forKey: .remark))
        lower = try container.decodeIfPresent(Milliseconds.self, forKey: .lower)
        upper = try container.decodeIfPresent(Milliseconds.self, forKey: .upper)
        trialsNeeded = try container.decodeIfPresent(Int.self, forKey: .trialsNeeded)
        aboveCount = try container.decodeIfPresent(Int.self, forKey: .aboveCount)
    }

    /// Also writes `met`, for readers that need no more.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(budget, forKey: .budget)
        try container.encode(isMet, forKey: .isMet)
        try container.encode(outcome, forKey: .outcome)
        try container.encodeIfPresent(measured, forKey: .measured)
        try container.encodeIfPresent(lower, forKey: .lower)
        try container.encodeIfPresent(upper, forKey: .upper)
        try container.encodeIfPresent(trialsNeeded, forKey: .trialsNeeded)
        try container.encodeIfPresent(aboveCount, forKey: .aboveCount)
        try container.encode(remark, forKey: .remark)
    }
}
