// SPDX-License-Identifier: MIT-0
import Measurement

/// Whether a budget was met, in words.
struct BudgetText {
    let verdict: BudgetVerdict

    /// For a table.
    static func word(_ outcome: BudgetVerdict.Outcome) -> String {
        switch outcome {
        case .met: "met"
        case .missed: "MISSED"
        case .notShown: "NOT SHOWN"
        }
    }

    static func emphasis(_ outcome: BudgetVerdict.Outcome) -> Style.Emphasis {
        switch outcome {
        case .met: .good
        case .missed: .bad
        case .notShown: .caution
        }
    }

    /// The worst of several.
    static func outcome(of verdicts: [BudgetVerdict]) -> BudgetVerdict.Outcome {
        let outcomes = verdicts.map(\.outcome)
        return [.missed, .notShown].first(where: outcomes.contains) ?? .met
    }

    /// The budget and what was measured: everything after the word.
    var sentence: String {
        "\(verdict.budget); \(bound ?? "measured \(measured) \(verdict.remark)")\(needed)"
    }

    private var measured: String { verdict.measured.map { "\($0.fixed(1)) ms" } ?? "not known" }

    /// The bound that decided.
    private var bound: String? {
        switch verdict.outcome {
        case .met: verdict.upper.map { "upper bound \($0.fixed(1)) ms, \(verdict.remark)" }
        case .missed: verdict.lower.map { "lower bound \($0.fixed(1)) ms, \(verdict.remark)" }
        case .notShown: nil
        }
    }

    private var needed: String {
        guard let needed = verdict.trialsNeeded else { return "" }
        let above = verdict.aboveCount ?? 0
        return above == 0
            ? ", and \(needed) are needed, all within it"
            : ", \(above) of them above it, and \(needed) are needed, all others within it"
    }
}
