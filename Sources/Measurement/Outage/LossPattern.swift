// SPDX-License-Identifier: MIT-0

/// How losses are distributed over the probes of one event: the statistics of RFC 3357 section 6.
///
/// Distances count probes actually sent, so slots that a late prober skipped do not count. Late replies count as lost,
/// undecided probes neither as lost nor as received.
package struct LossPattern: Hashable, Sendable, Codable {
    /// The loss constraint in the RFC's own example: a loss is noticeable if another was at most so many probes before
    /// it.
    package static let usualConstraint = 99

    package var lostCount: Int
    /// Lost probes in each loss period (section 6.3); there are as many entries as periods (section 6.2).
    package var periodLengths: [Int]
    /// From the last loss of each period but the last to the first loss of the next (section 6.4).
    package var interLossPeriodLengths: [Int]
    /// The loss constraint delta, in probes.
    package var constraint: Int
    /// Losses whose loss distance is at most the constraint; the first loss has no distance and is not counted.
    package var noticeableCount: Int

    /// The share of losses that are noticeable (section 6.1): 0...1; nil without a loss.
    package var noticeableRate: Double? {
        lostCount == 0 ? nil : Double(noticeableCount) / Double(lostCount)
    }

    /// Takes probes in the order of their send instants.
    package init(_ probes: [Probe], constraint: Int = usualConstraint) {
        lostCount = 0
        periodLengths = []
        interLossPeriodLengths = []
        noticeableCount = 0
        self.constraint = constraint
        var previousLoss: Int?
        var isInPeriod = false
        for (index, probe) in probes.enumerated() {
            if probe.isAnswered { isInPeriod = false }
            guard probe.isLost else { continue }
            lostCount += 1
            let distance = previousLoss.map { index - $0 }
            if let distance, distance <= constraint { noticeableCount += 1 }
            if isInPeriod, let last = periodLengths.indices.last {
                periodLengths[last] += 1
            } else {
                periodLengths.append(1)
                if let distance { interLossPeriodLengths.append(distance) }
            }
            previousLoss = index
            isInPeriod = true
        }
    }

    private enum CodingKeys: String, CodingKey {
        case lostCount = "lost"
        case periodLengths = "loss_period_lengths"
        case interLossPeriodLengths = "inter_loss_period_lengths"
        case constraint = "loss_constraint"
        case noticeableCount = "noticeable"
        case noticeableRate = "noticeable_rate"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        lostCount = try container.decode(Int.self, forKey: .lostCount)
        periodLengths = try container.decode([Int].self, forKey: .periodLengths)
        interLossPeriodLengths = try container.decode([Int].self, forKey: .interLossPeriodLengths)
        constraint = try container.decode(Int.self, forKey: .constraint)
        noticeableCount = try container.decode(Int.self, forKey: .noticeableCount)
    }

    /// Also writes the rate, for readers without this code.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(lostCount, forKey: .lostCount)
        try container.encode(periodLengths, forKey: .periodLengths)
        try container.encode(interLossPeriodLengths, forKey: .interLossPeriodLengths)
        try container.encode(constraint, forKey: .constraint)
        try container.encode(noticeableCount, forKey: .noticeableCount)
        try container.encodeIfPresent(noticeableRate, forKey: .noticeableRate)
    }
}
