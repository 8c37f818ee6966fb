// SPDX-License-Identifier: MIT-0
import WireFormat

/// Why records make no trial.
package enum TrialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No event of kind `fault-injecting` was given.
    case faultNotStamped

    package var description: String {
        switch self {
        case .faultNotStamped: "no fault was injected: there is no 'fault-injecting' event"
        }
    }
}

extension Trial {
    /// Computes every figure of a trial from its records.
    ///
    /// - Throws: `faultNotStamped`.
    package init(
        number: Int, subject: TrialSubject, sequence: FaultSequence, settings: TrialSettings, records: TrialRecords
    ) throws(TrialError) {
        guard let span = FaultSpan(records.events, of: sequence, asBefore: records.asBefore) else {
            throw .faultNotStamped
        }
        let probes = records.ledger.probes(listenedUntil: records.listenedUntil)
        let flows = Self.measure(records, span, subject, settings)
        let primary = flows[0]
        let timeline =
            subject.planned == nil
            ? Timeline(steps: [], anomalies: [])
            : Timeline(
                events: records.events, subject: subject, fault: span.fault, until: span.end,
                served: primary.convergence?.repliedAt)
        self.init(
            schema: Self.currentSchema, number: number, subject: subject, settings: settings, sequence: sequence,
            steps: records.steps, fault: span.fault,
            phase: records.phase.map { FaultPhase($0, fault: span.fault.before) }, counts: primary.counts,
            roundTrips: RoundTrips(
                probes: probes, event: span.fault.before,
                recovered: span.includesRestore ? nil : primary.outage.recoveredAt, restore: span.restore?.before),
            lateness: primary.lateness, prober: records.ledger.summary, outage: primary.outage,
            convergence: primary.convergence, servingPeriods: primary.servingPeriods, timeline: timeline,
            changes: subject.planned == nil ? Self.changes(in: records.events, from: span.fault.before) : nil,
            expectedDetection: Self.expectedDetection(of: subject.planned, settings, timeline),
            evidence: subject.planned == nil
                ? []
                : DetectionEvidence.of(subject, events: records.events, span: span, timers: settings.timers),
            expectedOutage: primary.expectedOutage, flows: flows,
            routes: subject.planned.flatMap { _ in RouteConvergence(ofFloatingAddresses: flows) },
            prefixes: records.prefixes.map {
                PrefixConvergence(
                    $0, fault: span.fault, subject: subject, flows: flows,
                    keepsEveryPrefix: settings.flows.keepsEveryPrefix)
            },
            asBefore: records.asBefore,
            failBack: FailBack(span: span, primary: primary, probes: probes, records: records, subject: subject),
            foreignCPUShare: records.foreignCPUShare, machine: records.machine,
            applications: records.applications.map { ApplicationMeasurement($0, span: span) },
            validity: Validity(reasons: [], limits: settings.limits))
        witnesses = Self.witnesses(
            records, of: primary, span: span, subject: subject, settings: settings, roundTrips: roundTrips)
        validity.reasons = doubts(records: records, span: span, probes: probes)
        explainWindows()
        uncertainty = isPredicted ? TrialUncertainty(trial: self, probes: probes) : nil
    }

    private static func measure(
        _ records: TrialRecords, _ span: FaultSpan, _ subject: TrialSubject, _ settings: TrialSettings
    ) -> [FlowMeasurement] {
        let only = FlowRecords(flow: Flow(primaryOf: subject, settings), ledger: records.ledger)
        return (records.flows.isEmpty ? [only] : records.flows).map {
            FlowMeasurement(
                $0, span: span, subject: subject, settings: settings, listenedUntil: records.listenedUntil)
        }
    }

    private static func expectedDetection(
        of fault: Fault?, _ settings: TrialSettings, _ timeline: Timeline
    ) -> ExpectedWindow.Assessment {
        guard let fault else { return ExpectedWindow.notPredicted.assess(nil) }
        return ExpectedWindow.detection(of: fault, timers: settings.timers, allowance: settings.allowance)
            .assess(timeline.detection)
    }

    /// The events about sessions and routes.
    private static func changes(in events: [TraceEvent], from start: Instant) -> [TraceEvent] {
        let kinds: Set<TraceEvent.Kind> = [.sessionDown, .sessionEstablished, .tableChanged]
        return events.filter { $0.at >= start && kinds.contains($0.kind) }.sorted { $0.at < $1.at }
    }
}
