// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One fault or one sequence of faults, one measurement, one recovery, and whether it counts.
///
/// Theory predicts the effects of one fault, but not what several faults do to each other. So a sequence has neither
/// timeline, detection nor convergence time; it has the changes of sessions and routes (`changes`) instead.
///
/// In JSON a trial has `"schema": 1` at its top; keys ending in `_ms` are milliseconds with a fraction, in `_us` microseconds
/// with a fraction, in `_ns` whole nanoseconds of CLOCK_MONOTONIC, and what has no value is left out.
package struct Trial: Hashable, Sendable, Codable {
    package static let currentSchema = 1

    package var schema: Int
    /// Counted from 1 within a run.
    package var number: Int
    package var subject: TrialSubject
    package var settings: TrialSettings
    /// The faults and restores as planned.
    package var sequence: FaultSequence
    /// The faults and restores as carried out.
    package var steps: [PlayedStep]
    /// The first fault.
    package var fault: EventInstants
    /// When it was to come; nil in results of earlier versions.
    package var phase: FaultPhase?
    package var counts: ProbeCounts
    package var roundTrips: RoundTrips
    /// From the send stamps; nil if nothing was sent.
    package var lateness: Lateness?
    /// The prober's closing record; nil if it died.
    package var prober: ProberSummary?
    /// The loss attributed to the faults.
    ///
    /// For one fault it ends with the restore, and its bracket spans all loss periods. For a sequence, and for a fault with a
    /// duration, it ends when everything was as before, and its bracket is that of the longest loss period.
    package var outage: Outage
    /// Nil if the standby never answered, and for a sequence.
    package var convergence: Convergence?
    /// Which instance answered when, over the whole measurement including the fail-back.
    package var servingPeriods: [ServingPeriod]
    /// Has no steps for a sequence.
    package var timeline: Timeline
    /// For a sequence: sessions that ended or came up and routes of tables that changed, from the first fault on.
    package var changes: [TraceEvent]?
    package var expectedDetection: ExpectedWindow.Assessment
    /// Of each of the active instance's sessions that went down; empty for a sequence.
    package var evidence: [DetectionEvidence]
    package var expectedOutage: ExpectedWindow.Assessment
    /// Every flow that was probed, the primary one first; the trial's own figures above are the primary flow's.
    package var flows: [FlowMeasurement]
    /// The routes of several floating IPs compared; nil unless the fault concerns several.
    package var routes: RouteConvergence?
    /// Nil unless more prefixes were announced for the run.
    package var prefixes: PrefixConvergence?
    /// When every fault was restored and everything was as before; nil if that was not observed.
    package var asBefore: Instant?
    /// Nil if the failed instance was not put back.
    package var failBack: FailBack?
    /// The share of all CPUs that other processes used during the measurement: 0...1; nil if not measured.
    package var foreignCPUShare: Double?
    package var machine: MachineConditions?
    /// What the applications next to the probes saw; nil if none was measured.
    package var applications: ApplicationMeasurement?
    /// The outage as others than the prober saw it; nil if there were none.
    package var witnesses: [Witness]?
    package var validity: Validity
    /// Nil for a sequence.
    package var uncertainty: TrialUncertainty?

    private enum CodingKeys: String, CodingKey {
        case schema, subject, settings, sequence, steps, fault, phase, lateness, prober, outage, convergence, timeline,
            validity, machine, flows
        case routes, prefixes, evidence, uncertainty
        case applications, witnesses
        case number = "trial"
        case counts = "probes"
        case changes = "events"
        case asBefore = "as_before_ns"
        case roundTrips = "round_trips"
        case servingPeriods = "served_by"
        case expectedDetection = "expected_detection"
        case expectedOutage = "expected_outage"
        case failBack = "fail_back"
        case foreignCPUShare = "foreign_cpu"
    }

    /// Whether it has one fault, whose effects theory predicts.
    package var isPredicted: Bool { subject.planned != nil }

    /// The instance that gave the last reply before the fault, and the one that gave the last before the restore.
    package var servedBefore: String? {
        servingPeriods.last { $0.firstReplyAt < fault.before }?.instance
    }

    package var servedAfter: String? {
        let end = failBack?.restore.before
        return servingPeriods.last { period in end.map { period.firstReplyAt < $0 } ?? true }?.instance
    }
}
