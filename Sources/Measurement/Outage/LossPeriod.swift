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

    /// No shorter than this: from the first lost send to the last; 0 for one lost probe.
    package var lower: Milliseconds { Milliseconds(from: firstLostAt, to: lastLostAt) }

    /// No longer than this: from the last good send before to the first good send after.
    package var upper: Milliseconds? {
        guard let lastGoodBefore, let firstGoodAfter else { return nil }
        return Milliseconds(from: lastGoodBefore, to: firstGoodAfter)
    }

    private enum CodingKeys: String, CodingKey {
        case attribution
        case firstSequence = "first_sequence"
        case lastSequence = "last_sequence"
        case lostCount = "lost"
        case firstLostAt = "first_lost_ns"
        case lastLostAt = "last_lost_ns"
        case lastGoodBefore = "last_good_before_ns"
        case firstGoodAfter = "first_good_after_ns"
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
