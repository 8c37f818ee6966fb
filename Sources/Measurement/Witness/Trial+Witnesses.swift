// SPDX-License-Identifier: MIT-0
import WireFormat

extension Trial {
    /// What each witness saw, computed as the prober's own figures are.
    static func witnesses(
        _ records: TrialRecords, of primary: FlowMeasurement, span: FaultSpan, subject: TrialSubject,
        settings: TrialSettings, roundTrips: RoundTrips
    ) -> [Witness]? {
        guard let witnesses = records.witnesses else { return nil }
        let roundTrip = Milliseconds(
            nanoseconds: Int64((roundTrips.before?.percentile99 ?? roundTrips.before?.maximum ?? 0) * 1_000))
        // Frames that the kernel dropped are not packets that were lost; what a prober skipped, it did not send.
        func isComplete(_ kind: Witness.Kind, _ summary: ProberSummary?) -> Bool {
            summary.map { kind == .prober || ($0.skippedCount ?? 0) == 0 } ?? false
        }
        func witness(_ kind: Witness.Kind, _ ledger: ProbeLedger?, until: Instant?) -> Witness? {
            guard let ledger else { return nil }
            let seen = FlowMeasurement(
                FlowRecords(flow: primary.flow, ledger: ledger), span: span, subject: subject, settings: settings,
                listenedUntil: until)
            return Witness(
                kind, of: seen.outage, isComplete: isComplete(kind, ledger.summary), comparedWith: primary.outage,
                interval: primary.flow.interval, roundTrip: roundTrip)
        }
        return [
            witness(.prober, witnesses.prober, until: witnesses.proberListenedUntil),
            witness(.packets, witnesses.packets, until: records.listenedUntil),
        ].compactMap(\.self)
    }

    /// What any of them disagrees about.
    func doubtsAboutWitnesses() -> [Validity.Reason] {
        (witnesses ?? []).flatMap { witness in
            witness.disagreements.map { disagreement in
                .init(.witnessDisagrees) {
                    $0.witness = witness.kind
                    $0.aspect = disagreement.aspect
                    $0.time = disagreement.distance
                    $0.allowedTime = disagreement.allowed
                }
            }
        }
    }
}
