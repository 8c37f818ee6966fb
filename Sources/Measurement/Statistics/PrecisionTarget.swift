// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// How precisely a quantile must be known before a run may end.
///
/// In text: `p95 within 10 %` (of the outage), `median within 3ms`, `convergence.median within 5 %`. It is reached if
/// both ends of the quantile's 95 % interval, which assumes no distribution, are within that distance of the estimate.
package struct PrecisionTarget: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Statistic: String, Hashable, Sendable, Codable, CaseIterable {
        case median, p95

        package var share: Double {
            switch self {
            case .median: 0.5
            case .p95: 0.95
            }
        }
    }

    package enum Distance: Hashable, Sendable {
        /// A fraction of the estimate: 0.1 is 10 %.
        case share(Double)
        case time(Milliseconds)
    }

    package var figure: Budget.Figure
    package var statistic: Statistic
    package var distance: Distance

    package init(figure: Budget.Figure = .outage, statistic: Statistic, distance: Distance) {
        self.figure = figure
        self.statistic = statistic
        self.distance = distance
    }

    package var description: String {
        let distance =
            switch distance {
            case .share(let share): "\(Self.number(share * 100)) %"
            case .time(let time): time.text
            }
        return "\(figure.rawValue).\(statistic.rawValue) within \(distance)"
    }

    /// Without a trailing ".0".
    private static func number(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded()
        return thousandths.remainder(dividingBy: 1000) == 0 ? "\(Int(thousandths / 1000))" : "\(thousandths / 1000)"
    }

    /// The fewest valid trials that can reach it: with fewer there is no interval.
    package var minimumCount: Int { QuantileRanks.minimumCount(of: statistic.share) }

    /// How precisely it is known by now.
    package struct Assessment: Hashable, Sendable, Codable {
        package var target: PrecisionTarget
        package var isReached: Bool
        /// The number of valid trials.
        package var count: Int
        /// Nil without valid trials, or if the trial at that rank has no such figure.
        package var estimate: Milliseconds?
        /// The ends of the interval; nil if it does not exist (yet), or is open at that end.
        package var lower: Milliseconds?
        package var upper: Milliseconds?
        /// What is missing, in words; empty once it is reached.
        package var remark: String

        private enum CodingKeys: String, CodingKey {
            case target, remark
            case isReached = "reached"
            case count = "valid"
            case estimate = "estimate_ms"
            case lower = "lower_ms"
            case upper = "upper_ms"
        }
    }

    /// Checks the valid trials against the target.
    ///
    /// A trial without the figure (a lab that did not recover) counts as longer than all others: leaving it out would
    /// make the rest look more precise than they are.
    package func assess(_ trials: [Trial]) -> Assessment {
        let values = trials.filter(\.validity.isValid).map { figure.value(of: $0)?.value ?? .infinity }.sorted()
        var result = Assessment(target: self, isReached: false, count: values.count, remark: "")
        let middle = values.count / 2
        let estimate =
            switch statistic {
            case .median where values.count.isMultiple(of: 2) && !values.isEmpty:
                values[middle - 1] / 2 + values[middle] / 2
            default: nearestRank(statistic.share, of: values)
            }
        guard let estimate else {
            result.remark = "no valid trial"
            return result
        }
        guard estimate.isFinite else {
            let missing = values.count { $0 == .infinity }
            result.remark = "\(missing) of \(counted(values.count, "trial")) without such a figure"
            return result
        }
        result.estimate = Milliseconds(estimate)
        guard let interval = QuantileInterval(of: statistic.share, sorted: values) else {
            result.remark = "\(counted(values.count, "valid trial")), and the interval takes \(minimumCount)"
            return result
        }
        result.lower = Milliseconds(interval.lower)
        guard interval.upper.isFinite else {
            result.remark = "trials without such a figure leave the interval open"
            return result
        }
        result.upper = Milliseconds(interval.upper)
        let allowed =
            switch distance {
            case .share(let share): share * estimate
            case .time(let time): time.value
            }
        let actual = max(estimate - interval.lower, interval.upper - estimate)
        // A figure is a whole number of nanoseconds; anything less is rounding.
        result.isReached = actual <= allowed + 1e-6
        if !result.isReached {
            result.remark = "an end of the interval is \(Milliseconds(actual).text) away"
        }
        return result
    }
}

extension PrecisionTarget {
    private enum CodingKeys: String, CodingKey {
        case figure, statistic
        case share = "within_share"
        case time = "within_ms"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        figure = try container.decode(Budget.Figure.self, forKey: .figure)
        statistic = try container.decode(Statistic.self, forKey: .statistic)
        if let share = try container.decodeIfPresent(Double.self, forKey: .share) {
            distance = .share(share)
        } else {
            distance = .time(try container.decode(Milliseconds.self, forKey: .time))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(figure, forKey: .figure)
        try container.encode(statistic, forKey: .statistic)
        switch distance {
        case .share(let share): try container.encode(share, forKey: .share)
        case .time(let time): try container.encode(time, forKey: .time)
        }
    }

    /// Reads `[FIGURE.]STATISTIC within DISTANCE`, where DISTANCE is a percentage or a time.
    package init?(_ text: some StringProtocol) {
        let words = text.split(whereSeparator: { $0 == " " })
        guard words.count >= 3, words[1] == "within" else { return nil }
        let names = String(words[0]).split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard names.count <= 2, let name = names.last, let statistic = Statistic(rawValue: name) else { return nil }
        var figure = Budget.Figure.outage
        if names.count == 2 {
            guard let named = Budget.Figure(rawValue: names[0]) else { return nil }
            figure = named
        }
        guard let distance = Distance(words[2...].joined()) else { return nil }
        self.init(figure: figure, statistic: statistic, distance: distance)
    }
}

extension PrecisionTarget.Distance {
    /// Reads "10%" or "3ms".
    fileprivate init?(_ text: String) {
        guard text.last == "%" else {
            // A number alone could be either.
            guard text.last?.isLetter == true, let time = Milliseconds(time: text, numberIn: .milliseconds) else {
                return nil
            }
            self = .time(time)
            return
        }
        let number = text.dropLast()
        guard number.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }), let value = Double(number), value > 0,
            value <= 100
        else { return nil }
        self = .share(value / 100)
    }
}
