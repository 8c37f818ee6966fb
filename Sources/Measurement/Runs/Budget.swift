// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What a run may cost: a figure, one of its statistics, and a limit.
///
/// As users write it: `200ms` (the largest outage), `p95=200ms`, `convergence.median=5ms`. With a confidence, as in
/// `p95=200ms with 95 %`, it is about the quantile of all failovers, and not of those measured.
package struct Budget: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Figure: String, Hashable, Sendable, Codable, CaseIterable {
        /// The upper end of the outage's bracket: the true value is not above it. For a sequence of faults, the longest
        /// loss period's.
        case outage
        case convergence
        case detection
        case failBack = "fail-back"
        /// The upper ends of the stalls' brackets, if applications were measured.
        case tcpStall = "tcp-stall"
        case udpStall = "udp-stall"

        /// Whether only a trial of one fault has it: a sequence of several has no such time, or has several.
        package var isOfOneFault: Bool { self == .convergence || self == .detection }

        /// A trial's value; nil if it has none, for example because the lab did not recover.
        func value(of trial: Trial) -> Milliseconds? {
            switch self {
            case .outage: trial.outage.upper
            case .convergence: trial.convergence?.time
            case .detection: trial.timeline.detection
            case .failBack: trial.failBack?.convergence?.time
            case .tcpStall: trial.application(.tcp)?.stall.upper
            case .udpStall: trial.application(.udp)?.stall.upper
            }
        }
    }

    package enum Statistic: String, Hashable, Sendable, Codable, CaseIterable {
        case median, p95, max

        /// The share of values below it; nil for the largest, which of all failovers there is none.
        var share: Double? {
            switch self {
            case .median: 0.5
            case .p95: 0.95
            case .max: nil
            }
        }
    }

    package var figure: Figure
    package var statistic: Statistic
    package var limit: Milliseconds
    /// With which probability a verdict on a quantile must be right (0.5...1); nil to judge the measured value.
    package var confidence: Double?

    package init(
        figure: Figure = .outage, statistic: Statistic = .max, limit: Milliseconds, confidence: Double? = nil
    ) {
        self.figure = figure
        self.statistic = statistic
        self.limit = limit
        self.confidence = confidence
    }

    package var description: String {
        let certainty = confidence.map { " with \(percentText($0))" } ?? ""
        return "\(figure.rawValue).\(statistic.rawValue) of at most \(limit.text)\(certainty)"
    }

    private enum CodingKeys: String, CodingKey {
        case figure, statistic, confidence
        case limit = "limit_ms"
    }

    /// Compares the valid trials with the budget; without any it is not met.
    ///
    /// If there are too few trials for a quantile, the largest value is judged instead, which is at least as great. With a
    /// confidence, too few trials show neither that it is met nor that it is missed.
    package func judge(_ trials: [Trial]) -> BudgetVerdict {
        let values = trials.filter(\.validity.isValid).map(figure.value)
        let known = values.compactMap(\.self).sorted()
        guard !known.isEmpty, known.count == values.count, let largest = known.last else {
            let missing = values.count - known.count
            let remark =
                values.isEmpty
                ? "no valid trial" : "\(missing) of \(counted(values.count, "trial")) without such a figure"
            return BudgetVerdict(
                budget: self, outcome: confidence != nil && values.isEmpty ? .notShown : .missed, remark: remark)
        }
        if let confidence, let share = statistic.share { return judge(known, share: share, confidence: confidence) }
        let measured: Milliseconds
        var remark = "of \(counted(known.count, "valid trial"))"
        switch statistic {
        case .max: measured = largest
        case .median:
            // The upper of two middle values: an average must not meet a budget.
            measured = known[known.count / 2]
        case .p95:
            let isShown = known.count >= Summary.percentile95MinimumCount
            measured = isShown ? nearestRank(0.95, of: known) ?? largest : largest
            if !isShown { remark += ", too few for a p95: judged by the largest" }
            let confidence = Self.percentage(1 - LargestValue.missProbability(of: 0.95, count: known.count))
            remark += "; the largest bounds the p95 with \(confidence) confidence"
        }
        return BudgetVerdict(
            budget: self, outcome: measured <= limit ? .met : .missed, measured: measured, remark: remark)
    }

    /// Compares the bounds of a quantile with the limit; there must be a value.
    private func judge(_ sorted: [Milliseconds], share: Double, confidence: Double) -> BudgetVerdict {
        let ranks = QuantileBounds(of: share, count: sorted.count, confidence: confidence)
        var verdict = BudgetVerdict(
            budget: self, outcome: .notShown, measured: nearestRank(share, of: sorted),
            remark: "of \(counted(sorted.count, "valid trial"))")
        verdict.lower = ranks.lower.map { sorted[$0 - 1] }
        verdict.upper = ranks.upper.map { sorted[$0 - 1] }
        if let upper = verdict.upper, upper <= limit {
            verdict.outcome = .met
        } else if let lower = verdict.lower, lower > limit {
            verdict.outcome = .missed
        } else {
            verdict.aboveCount = sorted.count { $0 > limit }
            verdict.trialsNeeded = QuantileBounds.minimumCount(
                of: share, confidence: confidence, above: verdict.aboveCount ?? 0)
        }
        return verdict
    }

    private static func percentage(_ share: Double) -> String {
        "\(Int((share * 100).rounded(.down))) %"
    }
}

extension Budget {
    /// Parses `[FIGURE.][STATISTIC=]TIME [with CONFIDENCE %]`; a number alone is in milliseconds.
    ///
    /// The largest of all failovers has no bound, so a confidence is only for a median and a p95.
    package init?(_ text: some StringProtocol) {
        let words = text.split(whereSeparator: { $0 == " " })
        guard let place = words.firstIndex(of: "with") else {
            self.init(plain: text)
            return
        }
        guard place == 1, let confidence = Self.confidence(words[2...].joined()) else { return nil }
        self.init(plain: words[0])
        guard statistic.share != nil else { return nil }
        self.confidence = confidence
    }

    /// Reads "95%"; a confidence of half or less would be a guess.
    private static func confidence(_ text: String) -> Double? {
        let number = text.dropLast()
        guard text.last == "%", number.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
            let percentage = Double(number), percentage > 50, percentage < 100
        else { return nil }
        return percentage / 100
    }

    private init?(plain text: some StringProtocol) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let time = parts.last, let limit = Milliseconds(time: time, numberIn: .milliseconds) else { return nil }
        self.init(limit: limit)
        guard parts.count == 2 else { return }
        var words = parts[0].split(separator: ".", omittingEmptySubsequences: false)[...]
        if words.count == 2, let figure = Figure(rawValue: String(words[0])) {
            self.figure = figure
            words = words.dropFirst()
        } else if words.count == 1, let figure = Figure(rawValue: String(words[0])) {
            self.figure = figure
            return
        }
        guard words.count == 1, let word = words.first, let statistic = Statistic(rawValue: String(word)) else {
            return nil
        }
        self.statistic = statistic
    }
}

extension Milliseconds {
    /// Parses a time as users write it; nil for anything else and for values not above 0.
    package init?(time text: some StringProtocol, numberIn unit: TimeUnit) {
        guard let duration = Duration(text, numberIn: unit), duration > .zero else { return nil }
        self.init(duration)
    }
}
