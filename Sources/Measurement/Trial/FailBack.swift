// SPDX-License-Identifier: MIT-0
import WireFormat

/// From the restore of the failed instance to its serving again: reversion, in its own record (RFC 7747 section 5).
///
/// With several faults, from the end of the last one to the answer of the instance that was active before the first.
package struct FailBack: Hashable, Sendable, Codable {
    package var restore: EventInstants
    /// From the restore to the instance's first answer.
    package var timeline: Timeline
    /// The loss around the restore, with its own bracket.
    package var outage: Outage
    /// Nil if the instance did not answer again during the measurement.
    package var convergence: Convergence?

    private enum CodingKeys: String, CodingKey {
        case restore, timeline, outage, convergence
    }

    /// Nil if nothing was taken back; `probes` and `primary` are the primary flow's.
    init?(
        span: FaultSpan, primary: FlowMeasurement, probes: [Probe], records: TrialRecords, subject: TrialSubject
    ) {
        guard let restore = span.restore else { return nil }
        self.restore = restore
        convergence = records.ledger.firstReply(of: subject.active, from: restore.before).map {
            Convergence(instance: subject.active, repliedAt: $0, event: restore)
        }
        let start = Self.start(restore, span: span, primary: primary)
        outage = Outage(
            probes: probes.filter { $0.sentAt >= start }, event: restore,
            convergedAt: span.includesRestore ? span.asBefore : convergence?.repliedAt,
            settings: records.ledger.settings, servingPeriods: records.ledger.servingPeriods)
        timeline = Timeline(
            events: records.events, subject: subject, restore: restore, servedAgain: convergence?.repliedAt)
    }

    /// What was lost before some instance served again is the fault's effect, and left out.
    private static func start(_ restore: EventInstants, span: FaultSpan, primary: FlowMeasurement) -> Instant {
        guard span.includesRestore else { return primary.convergence?.repliedAt ?? restore.before }
        return primary.outage.periods.last { $0.firstLostAt < restore.before }?.firstGoodAfter ?? span.fault.before
    }
}
