// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One sequence of faults, measured over the whole, and whether it counts.
///
/// What each fault alone would do theory can say; what several do to each other it cannot, so nothing is foretold here.
package struct SequenceTrial: Hashable, Sendable, Codable {
    /// Something that was done, with the instants at which it really was.
    package struct Step: Hashable, Sendable, Codable {
        /// When it was to be done, from the beginning of the sequence.
        package var planned: Milliseconds
        /// "blackhole on instance-rs-az1", "kill on instance-rs-az2 taken back".
        package var text: String
        package var instants: EventInstants

        package init(planned: Milliseconds, text: String, instants: EventInstants) {
            self.planned = planned
            self.text = text
            self.instants = instants
        }

        private enum CodingKeys: String, CodingKey {
            case text, instants
            case planned = "planned_ms"
        }
    }

    /// Probes lost in a row, and who answered on either side.
    package struct Loss: Hashable, Sendable, Codable {
        package var period: LossPeriod
        package var lower: Milliseconds
        /// Nil if nobody answered before it, or after it.
        package var upper: Milliseconds?
        /// From the beginning of the sequence to the first lost probe.
        package var sinceStart: Milliseconds
        /// Nil if nobody had answered.
        package var servedBefore: String?
        package var servedAfter: String?

        private enum CodingKeys: String, CodingKey {
            case period
            case lower = "lower_ms"
            case upper = "upper_ms"
            case sinceStart = "since_start_ms"
            case servedBefore = "served_before"
            case servedAfter = "served_after"
        }
    }

    package static let currentSchema = 1

    package var schema: Int
    /// Counted from 1 within a run.
    package var number: Int
    package var active: String
    package var prefix: IPPrefix?
    package var proberNode: String
    package var settings: TrialSettings
    /// When the sequence began.
    package var start: Instant
    package var steps: [Step]
    package var counts: ProbeCounts
    package var lateness: Lateness?
    package var prober: ProberSummary?
    package var losses: [Loss]
    package var servingPeriods: [ServingPeriod]
    /// Sessions that ended or came up, and routes of tables that changed, from the beginning on.
    package var events: [TraceEvent]
    package var foreignCPUShare: Double?
    package var stealShare: Double?
    package var validity: Validity
    /// Always "not predicted".
    package var expectation: String

    private enum CodingKeys: String, CodingKey {
        case schema, active, prefix, settings, steps, lateness, prober, events, validity, expectation
        case number = "trial"
        case proberNode = "prober_node"
        case start = "start_ns"
        case counts = "probes"
        case losses = "loss_periods"
        case servingPeriods = "served_by"
        case foreignCPUShare = "foreign_cpu"
        case stealShare = "steal"
    }

    package var lostCount: Int { losses.reduce(0) { $0 + $1.period.lostCount } }

    /// Works out everything that the trial says from what was recorded.
    ///
    /// `asBefore` is when the last fault was taken back and all was as before: from there on nothing may be lost.
    package init(
        number: Int, subject: TrialSubject, settings: TrialSettings, ledger: ProbeLedger, start: Instant,
        steps: [Step], asBefore: Instant, events: [TraceEvent], listenedUntil: Instant? = nil,
        foreignCPUShare: Double? = nil, stealShare: Double? = nil
    ) {
        schema = Self.currentSchema
        self.number = number
        active = subject.active
        prefix = subject.prefix
        proberNode = subject.proberNode
        self.settings = settings
        self.start = start
        self.steps = steps
        let probes = ledger.probes(listenedUntil: listenedUntil)
        counts = ledger.counts(listenedUntil: listenedUntil)
        lateness = Lateness.of(probes, interval: settings.probing.interval)
        prober = ledger.summary
        servingPeriods = ledger.servingPeriods
        let told: Set<TraceEvent.Kind> = [.sessionDown, .sessionEstablished, .tableChanged]
        self.events = events.filter { $0.at >= start && told.contains($0.kind) }.sorted { $0.at < $1.at }
        self.foreignCPUShare = foreignCPUShare
        self.stealShare = stealShare
        expectation = "not predicted"
        losses = []
        validity = Validity(reasons: [], limits: settings.limits)
        losses = LossPeriod.periods(of: probes).map { loss($0, asBefore: asBefore) }
        validity.reasons = doubts()
    }

    private func loss(_ period: LossPeriod, asBefore: Instant) -> Loss {
        var period = period
        if period.firstLostAt < start, (period.firstGoodAfter ?? .zero) <= start {
            period.attribution = .beforeFault
        } else if period.firstLostAt > asBefore {
            period.attribution = .afterConvergence
        }
        let before = period.lastGoodBefore.flatMap { good in
            servingPeriods.last { $0.firstReplyAt <= period.firstLostAt && good < period.firstLostAt }
        }
        let after = period.firstGoodAfter.flatMap { good in servingPeriods.first { $0.lastReplyAt >= good } }
        return Loss(
            period: period, lower: period.lower, upper: period.upper,
            sinceStart: Milliseconds(from: start, to: period.firstLostAt), servedBefore: before?.instance,
            servedAfter: after?.instance)
    }

    private func lost(_ attribution: LossPeriod.Attribution) -> Int {
        losses.filter { $0.period.attribution == attribution }.reduce(0) { $0 + $1.period.lostCount }
    }

    private func doubts() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let limits = settings.limits
        let (before, after) = (lost(.beforeFault), lost(.afterConvergence))
        if before > 0 { reasons.append(.init(.lossBefore, "\(before) probes lost before the first fault")) }
        if after > 0 {
            reasons.append(
                .init(.lossAfter, "\(after) probes lost after all faults were taken back and all was as before"))
        }
        if !servingPeriods.contains(where: { $0.instance == active && $0.firstReplyAt < start }) {
            reasons.append(.init(.activeSilent, "'\(active)' answered no probe before the first fault"))
        }
        let latest = max(lateness?.maximum ?? .zero, prober?.maximumLateness ?? .zero)
        if latest > limits.proberLateness {
            reasons.append(
                .init(
                    .proberLate,
                    "a probe left \(latest.fineText) late, and \(limits.proberLateness.text) are allowed"))
        }
        if let share = foreignCPUShare, share > limits.foreignCPUShare {
            reasons.append(
                .init(
                    .foreignCPU,
                    "others took \(Self.percent(share)) of the CPUs, and \(Self.percent(limits.foreignCPUShare)) is allowed"
                ))
        }
        if let share = stealShare, share > limits.stealShare {
            reasons.append(
                .init(
                    .steal,
                    "the hypervisor gave \(Self.percent(share)) of the CPUs' time to others, and"
                        + " \(Self.percent(limits.stealShare)) is allowed"))
        }
        if prober == nil { reasons.append(.init(.proberDied, "the prober ended without its closing record")) }
        return reasons
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}

/// Trials of one sequence, every one of them kept.
package struct SequenceRun: Hashable, Sendable, Codable {
    package var schema = 1
    package var lab: String
    package var environment: RunEnvironment
    package var sequence: FaultSequence
    package var trials: [SequenceTrial]

    package init(lab: String, environment: RunEnvironment, sequence: FaultSequence, trials: [SequenceTrial]) {
        self.lab = lab
        self.environment = environment
        self.sequence = sequence
        self.trials = trials
    }
}
