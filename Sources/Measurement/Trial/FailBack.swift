// SPDX-License-Identifier: MIT-0
package import WireFormat

/// From the restore of the failed instance to its serving again: reversion, in its own record (RFC 7747 section 5).
package struct FailBack: Hashable, Sendable, Codable {
    package var restore: EventInstants
    /// From the restore to the instance's first answer.
    package var timeline: Timeline
    /// The loss around the restore, with its own bracket.
    package var outage: Outage
    /// Nil if the instance did not answer again while anybody looked.
    package var convergence: Convergence?

    private enum CodingKeys: String, CodingKey {
        case restore, timeline, outage, convergence
    }

    /// `probes` may begin long before the restore; what was lost until `servedFrom` (the fault's doing) is left out.
    package init(
        restore: EventInstants, probes: [Probe], servedFrom: Instant?, ledger: ProbeLedger, subject: TrialSubject,
        events: [TraceEvent]
    ) {
        self.restore = restore
        convergence = ledger.firstReply(of: subject.active, from: restore.before).map {
            Convergence(instance: subject.active, repliedAt: $0, event: restore)
        }
        let start = servedFrom ?? restore.before
        outage = Outage(
            probes: probes.filter { $0.sentAt >= start }, event: restore, convergedAt: convergence?.repliedAt,
            settings: ledger.settings)
        timeline = Timeline(
            events: events, subject: subject, restore: restore, servedAgain: convergence?.repliedAt)
    }
}
