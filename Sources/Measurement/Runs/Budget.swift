// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What a run may cost: a figure, one of its statistics, and a limit.
///
/// As users write it: `200ms` (the largest outage), `p95=200ms`, `convergence.median=5ms`.
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
    }

    package var figure: Figure
    package var statistic: Statistic
    package var limit: Milliseconds

    package init(figure: Figure = .outage, statistic: Statistic = .max, limit: Milliseconds) {
        self.figure = figure
        self.statistic = statistic
        self.limit = limit
    }

    package var description: String {
        "\(figure.rawValue).\(statistic.rawValue) of at most \(limit.text)"
    }

    private enum CodingKeys: String, CodingKey {
        case figure, statistic
        case limit = "limit_ms"
    }

    /// Whether a run met it.
    package struct Verdict: Hashable, Sendable, Codable {
        package var budget: Budget
        package var isMet: Bool
        /// Nil if a valid trial has no such figure, for example because the lab did not recover.
        package var measured: Milliseconds?
        /// How reliable it is, for display.
        package var remark: String

        private enum CodingKeys: String, CodingKey {
            case budget, remark
            case isMet = "met"
            case measured = "measured_ms"
        }
    }

    /// Compares the valid trials with the budget; without any it is not met.
    ///
    /// If there are too few trials for a quantile, the largest value is judged instead, which is at least as great.
    package func judge(_ trials: [Trial]) -> Verdict {
        let values = trials.filter(\.validity.isValid).map(figure.value)
        let known = values.compactMap(\.self).sorted()
        guard !known.isEmpty, known.count == values.count, let largest = known.last else {
            let missing = values.count - known.count
            let remark =
                values.isEmpty
                ? "no valid trial" : "\(missing) of \(counted(values.count, "trial")) without such a figure"
            return Verdict(budget: self, isMet: false, measured: nil, remark: remark)
        }
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
        return Verdict(budget: self, isMet: measured <= limit, measured: measured, remark: remark)
    }

    private static func percentage(_ share: Double) -> String {
        "\(Int((share * 100).rounded(.down))) %"
    }
}

extension Budget {
    /// Parses `[FIGURE.][STATISTIC=]TIME`; a number alone is in milliseconds.
    package init?(_ text: some StringProtocol) {
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
