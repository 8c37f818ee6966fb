// SPDX-License-Identifier: MIT-0

/// Whether the runs of a sweep differ from its first: each round's trials are a pair, measured in the same minute.
package struct SweepComparison: Hashable, Sendable, Codable {
    /// What is compared.
    package enum Figure: String, Hashable, Sendable, Codable, CaseIterable {
        /// The middle of the outage's bracket; for a sequence of faults, of its longest loss period's.
        case outage
        /// If no trial of any run lost a probe.
        case convergence

        fileprivate func value(of trial: Trial) -> Milliseconds? {
            switch self {
            case .outage: trial.outage.estimate
            case .convergence: trial.convergence?.time
            }
        }
    }

    package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        /// Than the first run's, with p of at most 5 % after the adjustment.
        case longer, shorter
        case notShown = "not-shown"
    }

    /// One run against the first.
    package struct Row: Hashable, Sendable, Codable {
        /// The run's place in the sweep.
        package var index: Int
        /// The rounds that count.
        package var pairCount: Int
        /// Rounds in which a trial of the two is missing, not valid, or without the figure.
        package var leftOutCount: Int
        /// How much longer than the first run's; nil without pairs.
        package var shift: Milliseconds?
        /// Its 95 % interval; nil below 6 pairs.
        package var interval: Interval?
        /// Of the signed-rank test, two-sided; nil without pairs.
        package var p: Double?
        /// Adjusted for the number of rows.
        package var adjustedP: Double?
        package var verdict: Verdict
        /// Set if so few pairs cannot show a difference, whatever the figures are: how many rounds could.
        package var roundsNeeded: Int?

        private enum CodingKeys: String, CodingKey {
            case p, verdict
            case index = "combination"
            case pairCount = "pairs"
            case leftOutCount = "left_out"
            case shift = "shift_ms"
            case interval = "shift_ci95"
            case adjustedP = "p_holm"
            case roundsNeeded = "rounds_needed"
        }
    }

    package struct Interval: Hashable, Sendable, Codable {
        package var lower: Milliseconds
        package var upper: Milliseconds
        package var confidence: Double

        private enum CodingKeys: String, CodingKey {
            case confidence
            case lower = "lower_ms"
            case upper = "upper_ms"
        }
    }

    package var figure: Figure
    /// The place of the run that the others are compared with: the first.
    package var reference: Int
    package var rows: [Row]

    /// The p value that a difference must not exceed.
    package static let significance = 0.05

    /// Nil for fewer than two runs, and if there is nothing to compare.
    package init?(_ runs: [Run]) {
        guard runs.count > 1 else { return nil }
        let hasLoss = runs.contains { $0.validTrials.contains { $0.outage.lostCount > 0 } }
        let figure: Figure = hasLoss ? .outage : .convergence
        let rounds = runs.reduce(0) { max($0, $1.trials.map(\.number).max() ?? 0) }
        let values = runs.map { run in
            // A run takes part in every round until it ends, so its trials' numbers are those of the rounds.
            let byRound = Dictionary(
                run.validTrials.map { ($0.number, figure.value(of: $0)) }, uniquingKeysWith: { first, _ in first })
            return (0..<rounds).map { byRound[$0 + 1] ?? nil }
        }
        guard values.contains(where: { $0.contains { $0 != nil } }) else { return nil }
        self.init(of: figure, values: values)
    }

    /// Compares the values of several runs, of which there must be at least one.
    ///
    /// A run has one per round; nil in a round that does not count.
    package init(of figure: Figure, values: [[Milliseconds?]]) {
        self.figure = figure
        reference = 0
        let differences = values.dropFirst().map { run in
            zip(run, values[0]).compactMap { value, first -> Double? in
                guard let value, let first else { return nil }
                return Double((value - first).nanoseconds)
            }
        }
        let tests = differences.map { $0.isEmpty ? nil : SignedRankTest($0) }
        let adjusted = Self.adjusted(tests.map { $0?.p })
        let leastAdjusted = Self.adjusted(tests.map { $0.map { SignedRankTest.smallestP(count: $0.count) } })
        rows = differences.indices.map { index in
            let (test, shift) = (tests[index], HodgesLehmannShift(differences[index]))
            let isShown = adjusted[index].map { $0 <= Self.significance } ?? false
            let isLonger = test.map { $0.positiveRankSum > $0.negativeRankSum } ?? false
            let canShow = leastAdjusted[index].map { $0 <= Self.significance } ?? false
            return Row(
                index: index + 1, pairCount: differences[index].count,
                leftOutCount: max(values[index + 1].count, values[0].count) - differences[index].count,
                shift: shift.map { Self.milliseconds($0.estimate) },
                interval: shift?.interval.map {
                    Interval(
                        lower: Self.milliseconds($0.lower), upper: Self.milliseconds($0.upper),
                        confidence: $0.confidence)
                }, p: test?.p, adjustedP: adjusted[index],
                verdict: !isShown ? .notShown : isLonger ? .longer : .shorter,
                roundsNeeded: canShow ? nil : Self.roundsNeeded(comparisons: differences.count))
        }
    }

    private static func milliseconds(_ nanoseconds: Double) -> Milliseconds { Milliseconds(nanoseconds / 1e6) }

    /// Adjusts the values that there are for their number.
    private static func adjusted(_ values: [Double?]) -> [Double?] {
        let known = values.indices.filter { values[$0] != nil }
        let adjusted = HolmAdjustment.adjusted(known.compactMap { values[$0] })
        var result = [Double?](repeating: nil, count: values.count)
        for (index, value) in zip(known, adjusted) { result[index] = value }
        return result
    }

    /// The fewest pairs that can show a difference in any of so many rows.
    package static func roundsNeeded(comparisons: Int) -> Int {
        var count = 1
        while Double(comparisons) * SignedRankTest.smallestP(count: count) > significance { count += 1 }
        return count
    }
}
