// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Consecutive lost probes (RFC 3357's loss period), and the good ones on either side.
package struct LossPeriod: Hashable, Sendable, Codable {
    /// The cause that the period is attributed to.
    package enum Attribution: String, Hashable, Sendable, Codable {
        /// Connectivity was back before the fault, or the period ended too early to be caused by it.
        case beforeFault = "before-fault"
        case fault
        /// It began after the standby had answered.
        case afterConvergence = "after-convergence"
    }

    package var attribution: Attribution
    package var firstSequence: UInt64
    package var lastSequence: UInt64
    package var lostCount: Int
    /// Send instants.
    package var firstLostAt: Instant
    package var lastLostAt: Instant
    /// Nil if no probe before it was answered.
    package var lastGoodBefore: Instant?
    /// Nil if no probe after it was answered: the period had not ended when the measurement did.
    package var firstGoodAfter: Instant?
    /// From just before the event to the first lost send; negative if that probe was on its way when it happened.
    package var sinceEvent: Milliseconds?
    /// The instance that gave the last reply before the period, and the one that gave the first after it; nil where nothing
    /// answered, or an instance that is not known.
    package var servedBefore: String?
    package var servedAfter: String?

    /// No shorter than this: from the first lost send to the last; 0 for one lost probe.
    package var lower: Milliseconds { Milliseconds(from: firstLostAt, to: lastLostAt) }

    /// No longer than this: from the last good send before to the first good send after.
    package var upper: Milliseconds? {
        guard let lastGoodBefore, let firstGoodAfter else { return nil }
        return Milliseconds(from: lastGoodBefore, to: firstGoodAfter)
    }

    package var bracket: LossBracket { LossBracket(lower: lower, upper: upper) }

    private enum CodingKeys: String, CodingKey {
        case attribution
        case firstSequence = "first_sequence"
        case lastSequence = "last_sequence"
        case lostCount = "lost"
        case firstLostAt = "first_lost_ns"
        case lastLostAt = "last_lost_ns"
        case lastGoodBefore = "last_good_before_ns"
        case firstGoodAfter = "first_good_after_ns"
        case sinceEvent = "since_event_ms"
        case servedBefore = "served_before"
        case servedAfter = "served_after"
        case lower = "lower_ms"
        case upper = "upper_ms"
    }

    /// Says who answered on either side of the period.
    mutating func nameServers(from servingPeriods: [ServingPeriod]) {
        if let lastGoodBefore, lastGoodBefore < firstLostAt {
            servedBefore = servingPeriods.last { $0.firstReplyAt <= firstLostAt }?.instance
        }
        if let firstGoodAfter { servedAfter = servingPeriods.first { $0.lastReplyAt >= firstGoodAfter }?.instance }
    }

    /// The periods among probes in the order of their send instants.
    ///
    /// Undecided probes belong to no period and end none.
    static func periods(of probes: [Probe]) -> [LossPeriod] {
        var periods: [LossPeriod] = []
        var lastGood: Instant?
        var isOpen = false
        for probe in probes {
            if probe.isLost {
                if isOpen, let last = periods.indices.last {
                    periods[last].lastSequence = probe.sequence
                    periods[last].lostCount += 1
                    periods[last].lastLostAt = probe.sentAt
                } else {
                    periods.append(
                        LossPeriod(
                            attribution: .fault, firstSequence: probe.sequence, lastSequence: probe.sequence,
                            lostCount: 1, firstLostAt: probe.sentAt, lastLostAt: probe.sentAt,
                            lastGoodBefore: lastGood))
                    isOpen = true
                }
            } else if probe.isAnswered {
                if isOpen, let last = periods.indices.last {
                    periods[last].firstGoodAfter = probe.sentAt
                }
                lastGood = probe.sentAt
                isOpen = false
            }
        }
        return periods
    }
}

extension LossPeriod {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            attribution: try container.decode(Attribution.self, forKey: .attribution),
            firstSequence: try container.decode(UInt64.self, forKey: .firstSequence),
            lastSequence: try container.decode(UInt64.self, forKey: .lastSequence),
            lostCount: try container.decode(Int.self, forKey: .lostCount),
            firstLostAt: try container.decode(Instant.self, forKey: .firstLostAt),
            lastLostAt: try container.decode(Instant.self, forKey: .lastLostAt),
            lastGoodBefore: try container.decodeIfPresent(Instant.self, forKey: .lastGoodBefore),
            firstGoodAfter: try container.decodeIfPresent(Instant.self, forKey: .firstGoodAfter),
            sinceEvent: try container.decodeIfPresent(Milliseconds.self, forKey: .sinceEvent),
            servedBefore: try container.decodeIfPresent(String.self, forKey: .servedBefore),
            servedAfter: try container.decodeIfPresent(String.self, forKey: .servedAfter))
    }

    /// Writes the bracket too, for readers without this code.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(attribution, forKey: .attribution)
        try container.encode(firstSequence, forKey: .firstSequence)
        try container.encode(lastSequence, forKey: .lastSequence)
        try container.encode(lostCount, forKey: .lostCount)
        try container.encode(firstLostAt, forKey: .firstLostAt)
        try container.encode(lastLostAt, forKey: .lastLostAt)
        try container.encodeIfPresent(lastGoodBefore, forKey: .lastGoodBefore)
        try container.encodeIfPresent(firstGoodAfter, forKey: .firstGoodAfter)
        try container.encodeIfPresent(sinceEvent, forKey: .sinceEvent)
        try container.encodeIfPresent(servedBefore, forKey: .servedBefore)
        try container.encodeIfPresent(servedAfter, forKey: .servedAfter)
        try container.encode(lower, forKey: .lower)
        try container.encodeIfPresent(upper, forKey: .upper)
    }
}
