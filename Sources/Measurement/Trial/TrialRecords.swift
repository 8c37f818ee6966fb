// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Everything that was recorded of a trial, from which all that it says is worked out.
package struct TrialRecords: Sendable {
    /// The primary flow's.
    package var ledger: ProbeLedger
    /// Every flow, the primary one first; empty where there is no other.
    package var flows: [FlowRecords] = []
    /// Nil unless more prefixes were announced for the run.
    package var prefixes: PrefixConvergence.Records?
    /// Nil where no application was measured.
    package var applications: ApplicationLedger?
    /// With the stamps of every fault, and of every time that one was taken back.
    ///
    /// More may be in it (what came before tells which sessions were up), but no earlier fault.
    package var events: [TraceEvent]
    package var steps: [PlayedStep] = []
    /// When every fault had been taken back and all was as before; nil where that was not seen.
    package var asBefore: Instant?
    /// When the prober stopped listening, if that was sooner than the forwarding delay threshold after its last probe.
    package var listenedUntil: Instant?
    /// The part of all CPUs that others than the lab took: 0...1.
    package var foreignCPUShare: Double?
    package var machine: MachineConditions?

    package init(ledger: ProbeLedger, events: [TraceEvent]) {
        self.ledger = ledger
        self.events = events
    }
}

/// Why there is no trial to speak of.
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
    /// Works out everything that a trial says from what was recorded.
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
            steps: records.steps, fault: span.fault, counts: primary.counts,
            roundTrips: RoundTrips(
                probes: probes, event: span.fault.before,
                recovered: span.includesRestore ? nil : primary.outage.recoveredAt, restore: span.restore?.before),
            lateness: primary.lateness, prober: records.ledger.summary, outage: primary.outage,
            convergence: primary.convergence, servingPeriods: primary.servingPeriods, timeline: timeline,
            changes: subject.planned == nil ? Self.changes(in: records.events, from: span.fault.before) : nil,
            expectedDetection: Self.expectedDetection(of: subject.planned, settings, timeline),
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
        validity.reasons = doubts()
        explainWindows()
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

    /// What happened to sessions and routes.
    private static func changes(in events: [TraceEvent], from start: Instant) -> [TraceEvent] {
        let kinds: Set<TraceEvent.Kind> = [.sessionDown, .sessionEstablished, .tableChanged]
        return events.filter { $0.at >= start && kinds.contains($0.kind) }.sorted { $0.at < $1.at }
    }
}
