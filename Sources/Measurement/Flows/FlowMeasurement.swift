// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What a trial measured on one flow.
package struct FlowMeasurement: Hashable, Sendable, Codable {
    package var flow: Flow
    package var counts: ProbeCounts
    /// From the send stamps; nil if nothing was sent.
    package var lateness: Lateness?
    package var outage: Outage
    /// The first reply that its standby answered (outward: received); nil if there was none.
    package var convergence: Convergence?
    /// Which instance answered (outward: received the replies), over the whole measurement.
    package var servingPeriods: [ServingPeriod]
    package var expectedOutage: ExpectedWindow.Assessment
    /// Whether the fault concerns the instance that is active for the prefix.
    package var isAffected: Bool
    /// Computed from the probes that the standby did not answer, from the fault on (RFC 6412 section 3.6.3, equation
    /// 5); nil if it never answered.
    package var routeSpecificConvergence: Milliseconds?
    /// Only for an outward flow.
    package var outward: OutwardSenders?
    /// Whether a prober ended without its closing record, unless it died with its instance.
    package var isCutShort: Bool

    private enum CodingKeys: String, CodingKey {
        case flow, lateness, outage, convergence, outward
        case counts = "probes"
        case servingPeriods = "served_by"
        case expectedOutage = "expected_outage"
        case isAffected = "affected"
        case routeSpecificConvergence = "route_specific_convergence_ms"
        case isCutShort = "cut_short"
    }

    /// Computes a flow's figures from its records.
    ///
    /// `listenedUntil` is as in `TrialRecords`.
    package init(
        _ records: FlowRecords, span: FaultSpan, subject: TrialSubject, settings: TrialSettings,
        listenedUntil: Instant? = nil
    ) {
        flow = records.flow
        // Several faults may concern the active instance of any prefix.
        isAffected = records.flow.active == subject.active || subject.planned == nil
        let view = View(records, span: span, isAffected: isAffected, listenedUntil: listenedUntil)
        counts = view.counts
        lateness = view.lateness
        servingPeriods = view.servingPeriods
        outward = view.outward
        isCutShort = view.isCutShort
        let probes = span.own(view.probes, at: \.sentAt)
        let served = subject.planned == nil ? nil : Self.firstReply(of: flow.standby, in: view.answers, span)
        let convergedAt =
            span.includesRestore ? span.asBefore : subject.planned?.endsWithConvergence == true ? served : nil
        var probing = settings.probing
        probing.interval = flow.interval
        outage = Outage(
            probes: probes, event: span.fault, convergedAt: convergedAt, settings: probing,
            headline: span.includesRestore ? .longest : .span, servingPeriods: servingPeriods)
        if let served, let standby = flow.standby {
            convergence = Convergence(instance: standby, repliedAt: served, event: span.fault)
            if !span.includesRestore, flow.direction == .inward {
                routeSpecificConvergence = Self.routeSpecificConvergence(
                    probes, of: standby, in: view.answers, event: span.fault.before)
            }
        }
        let window = Self.window(of: subject.planned, isAffected: isAffected, settings)
        expectedOutage = window.assess(lower: outage.lower, upper: outage.upper)
        if subject.planned == nil { expectedOutage.verdict = .unknown }
    }

    private static func window(of fault: Fault?, isAffected: Bool, _ settings: TrialSettings) -> ExpectedWindow {
        guard isAffected else { return .unconcerned }
        guard let fault else { return .notPredicted }
        return .outage(of: fault, timers: settings.timers, allowance: settings.allowance)
    }

    /// The probes that represent a flow, and their answers.
    private struct View {
        var probes: [Probe]
        var counts: ProbeCounts
        var lateness: Lateness?
        var servingPeriods: [ServingPeriod]
        /// The ledger with the standby's replies.
        var answers: ProbeLedger
        var outward: OutwardSenders?
        var isCutShort: Bool

        init(_ records: FlowRecords, span: FaultSpan, isAffected: Bool, listenedUntil: Instant?) {
            let ledger = records.ledger
            probes = ledger.probes(listenedUntil: listenedUntil)
            counts = ledger.counts(listenedUntil: listenedUntil)
            lateness = Lateness.of(probes, interval: records.flow.interval)
            servingPeriods = ledger.servingPeriods
            answers = ledger
            isCutShort = ledger.summary == nil
            guard records.flow.direction == .outward else { return }
            let senders = OutwardSenders.stream(
                records, span: span, isAffected: isAffected, listenedUntil: listenedUntil)
            outward = senders.figures
            probes = senders.probes
            counts = ProbeCounts(of: probes)
            servingPeriods = senders.servingPeriods
            answers = records.standby ?? ledger
            // The prober of a failed instance ends with it.
            isCutShort =
                !span.includesRestore
                && ((ledger.summary == nil && !isAffected) || records.standby.map { $0.summary == nil } ?? false)
        }
    }

    /// The instance's first reply within the time that is attributed to the faults.
    private static func firstReply(of standby: String?, in answers: ProbeLedger, _ span: FaultSpan) -> Instant? {
        guard let reply = standby.flatMap({ answers.firstReply(of: $0, from: span.fault.before) }) else { return nil }
        return span.end.map { reply < $0 } ?? true ? reply : nil
    }

    /// Equation 5 of RFC 6412 section 3.6.3: probes that did not arrive at the standby, times the interval, less the
    /// time from the first probe to the event.
    ///
    /// The interval is the actual one, not the requested one.
    private static func routeSpecificConvergence(
        _ probes: [Probe], of standby: String, in ledger: ProbeLedger, event: Instant
    ) -> Milliseconds? {
        guard let first = probes.first, let last = probes.last, probes.count > 1 else { return nil }
        let missing = probes.count { probe in
            guard case .answered(_, let timeToLive) = probe.fate else { return true }
            return ledger.instances[timeToLive] != standby
        }
        let interval = Milliseconds(from: first.sentAt, to: last.sentAt).value / Double(probes.count - 1)
        return Milliseconds(Double(missing) * interval) - Milliseconds(from: first.sentAt, to: event)
    }
}

extension ExpectedWindow {
    /// The expectation for a flow whose active instance the fault does not concern.
    fileprivate static let unconcerned = ExpectedWindow(
        lower: .zero, upper: .zero, allowance: .zero,
        reason: WindowReason(.otherInstance),
        references: ["RFC 6412 section 3.6.5"])
}

extension ProbeCounts {
    /// Counts what the probes show by themselves.
    fileprivate init(of probes: [Probe]) {
        self.init()
        sent = probes.count
        for probe in probes {
            switch probe.fate {
            case .answered: answered += 1
            case .late: (lost, late) = (lost + 1, late + 1)
            case .lost: lost += 1
            case .undecided: undecided += 1
            }
        }
    }
}
