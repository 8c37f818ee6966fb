// SPDX-License-Identifier: MIT-0

/// How losses lie among the probes of one event: the statistics of RFC 3357 section 6.
///
/// Distances are in probes as they were sent, so that slots that a late prober left out do not count. Late replies count as
/// lost, undecided probes neither as lost nor as received.
package struct LossPattern: Hashable, Sendable, Codable {
    /// The loss constraint that the RFC's own example has: a loss is noticed if another was at most so many probes before.
    package static let usualConstraint = 99

    package var lostCount: Int
    /// Lost probes of each loss period (section 6.3); as many as there are periods (section 6.2).
    package var periodLengths: [Int]
    /// From the last loss of each period but the last to the first loss of the next (section 6.4).
    package var interLossPeriodLengths: [Int]
    /// The loss constraint delta, in probes.
    package var constraint: Int
    /// Losses whose loss distance is at most the constraint; the first loss has none, and is none of them.
    package var noticeableCount: Int

    /// The part of all losses that is noticeable (section 6.1): 0...1; nil without a loss.
    package var noticeableRate: Double? {
        lostCount == 0 ? nil : Double(noticeableCount) / Double(lostCount)
    }

    /// Of probes in the order of their send instants.
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

    /// Writes the rate too, for readers without this code.
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
