// SPDX-License-Identifier: MIT-0
package import WireFormat

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
    /// `events` must hold the fault's stamps, and the restore's if there was one. More may be in it (what came before tells
    /// which sessions were up), but no earlier fault: the first is taken. `listenedUntil` is when the prober stopped
    /// listening, if that was sooner than the forwarding delay threshold after its last probe.
    /// - Throws: `faultNotStamped`.
    package init(
        number: Int, subject: TrialSubject, settings: TrialSettings, ledger: ProbeLedger, flows: [FlowRecords] = [],
        prefixes: PrefixConvergence.Records? = nil, events: [TraceEvent], listenedUntil: Instant? = nil,
        foreignCPUShare: Double? = nil,
        machine: MachineConditions? = nil
    ) throws(TrialError) {
        guard let fault = EventInstants(events, before: .faultInjecting, after: .faultInjected) else {
            throw .faultNotStamped
        }
        let restore = EventInstants(
            events.filter { $0.at > fault.before }, before: .restoring, after: .restored)
        let end = restore?.before
        let flows = flows.isEmpty ? [FlowRecords(flow: Flow(primaryOf: subject, settings), ledger: ledger)] : flows
        let measured = flows.map {
            FlowMeasurement(
                $0, fault: fault, restore: restore, subject: subject, settings: settings, listenedUntil: listenedUntil)
        }
        let primary = measured[0]
        let served = primary.convergence?.repliedAt
        let probes = ledger.probes(listenedUntil: listenedUntil)
        let timeline = Timeline(events: events, subject: subject, fault: fault, until: end, served: served)
        let detection = ExpectedWindow.detection(
            of: subject.planned, timers: settings.timers, allowance: settings.allowance)
        self.init(
            schema: Self.currentSchema, number: number, subject: subject, settings: settings, fault: fault,
            counts: primary.counts,
            roundTrips: RoundTrips(
                probes: probes, event: fault.before, recovered: primary.outage.recoveredAt, restore: end),
            lateness: primary.lateness, prober: ledger.summary, outage: primary.outage,
            convergence: primary.convergence, servingPeriods: primary.servingPeriods, timeline: timeline,
            expectedDetection: detection.assess(timeline.detection), expectedOutage: primary.expectedOutage,
            flows: measured, routes: RouteConvergence(ofFloatingAddresses: measured),
            prefixes: prefixes.map {
                PrefixConvergence(
                    $0, fault: fault, subject: subject, flows: measured,
                    keepsEveryPrefix: settings.flows.keepsEveryPrefix)
            },
            failBack: restore.map { restore in
                FailBack(
                    restore: restore, probes: probes, servedFrom: served, ledger: ledger, subject: subject,
                    events: events)
            },
            foreignCPUShare: foreignCPUShare, machine: machine,
            validity: Validity(reasons: [], limits: settings.limits))
        validity.reasons = doubts()
        explainWindows()
    }

    /// What the traffic was to do, with the timers that were negotiated.
    package var expectation: Fault.Expectation {
        subject.planned.expectation(timers: settings.timers)
    }

    /// Everything that speaks against this trial.
    private func doubts() -> [Validity.Reason] {
        doubtsAboutLoss() + doubtsAboutResponders() + doubtsAboutProber() + doubtsAboutMachine()
            + doubtsAboutRecords + doubtsAboutOtherFlows()
    }

    private func doubtsAboutLoss() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let validation = settings.probing.sustainedValidation
        if outage.lostBeforeCount > 0 {
            reasons.append(.init(.lossBefore, "\(counted(outage.lostBeforeCount, "probe")) lost before the fault"))
        }
        if outage.lostAfterCount > 0 {
            reasons.append(
                .init(
                    .lossAfter,
                    "\(counted(outage.lostAfterCount, "probe")) lost after the standby had answered, within the"
                        + " \(validation.text) in which none may be"))
        }
        if expectation != .moves {
            if expectation == .stays, convergence != nil {
                reasons.append(
                    .init(
                        .moved,
                        "'\(subject.standby)' answered after the fault, and \(subject.fault.rawValue) is not to move"
                            + " traffic: a false failover"))
            }
        } else if convergence == nil {
            reasons.append(.init(.notConverged, "'\(subject.standby)' never answered after the fault"))
        } else if (outage.validatedFor ?? .zero) + settings.probing.interval < validation {
            let seen = (outage.validatedFor ?? .zero).text
            reasons.append(
                .init(.notValidated, "recovery was watched for \(seen), and \(validation.text) are asked for"))
        }
        return reasons
    }

    private func doubtsAboutResponders() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let before = servingPeriods.filter { $0.firstReplyAt < fault.before }
        if !before.contains(where: { $0.instance == subject.active }) {
            reasons.append(.init(.activeSilent, "'\(subject.active)' answered no probe before the fault"))
        }
        if before.contains(where: { $0.instance == subject.standby }) {
            reasons.append(.init(.standbyEarly, "'\(subject.standby)' answered probes before the fault"))
        }
        if counts.fromUnknown > 0 {
            let ttls = Set(servingPeriods.filter { $0.instance == nil }.map(\.timeToLive)).sorted()
            let list = ttls.map { "\($0)" }.joined(separator: ", ")
            reasons.append(
                .init(
                    .unknownResponder,
                    "\(counted(counts.fromUnknown, "reply", "replies")) with a TTL of no instance (\(list))"))
        }
        return reasons
    }

    private func doubtsAboutProber() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let limits = settings.limits
        let latest = max(lateness?.maximum ?? .zero, prober?.maximumLateness ?? .zero)
        if latest > limits.proberLateness {
            reasons.append(
                .init(
                    .proberLate,
                    "a probe left \(latest.fineText) late, and \(limits.proberLateness.text) are allowed"))
        }
        return reasons
    }

    private var doubtsAboutRecords: [Validity.Reason] {
        prober == nil ? [.init(.proberDied, "the prober ended without its closing record")] : []
    }

    private func doubtsAboutMachine() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let limits = settings.limits
        if let share = foreignCPUShare, share > limits.foreignCPUShare {
            reasons.append(
                .init(
                    .foreignCPU,
                    "others took \(percentText(share)) of the CPUs, and \(percentText(limits.foreignCPUShare))"
                        + " is allowed"))
        }
        guard let machine else { return reasons }
        if let share = machine.stealShare, share > limits.stealShare {
            reasons.append(
                .init(
                    .steal,
                    "the hypervisor gave \(percentText(share)) of the CPUs' time to others, and"
                        + " \(percentText(limits.stealShare)) is allowed"))
        }
        for (node, lateness) in machine.timerLateness.sorted(by: { $0.key < $1.key })
        where lateness > limits.timerLateness {
            reasons.append(
                .init(
                    .timerLate,
                    "a BFD timer of \(node) was served \(lateness.fineText) late, and \(limits.timerLateness.text) are"
                        + " allowed"))
        }
        for (node, lateness) in machine.loopLateness.sorted(by: { $0.key < $1.key })
        where lateness > limits.timerLateness {
            reasons.append(
                .init(
                    .timerLate,
                    "\(node) was woken \(lateness.fineText) late for a timer, and \(limits.timerLateness.text) are"
                        + " allowed"))
        }
        if machine.hasCoarseClock, let source = machine.clockSource {
            reasons.append(.init(.coarseClock, "the kernel reads the time from \(source), which is too coarse"))
        }
        return reasons
    }
}

/// "1 probe", "2 probes".
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
}

/// A share as a percentage with at most one decimal; a share that is not a number says so.
func percentText(_ share: Double) -> String {
    let tenths = (share * 1_000).rounded()
    return tenths == (tenths / 10).rounded() * 10 && tenths.magnitude < 1e9
        ? "\(Int(tenths / 10)) %" : "\(tenths / 10) %"
}

extension EventInstants {
    /// The first event of kind `before`, and the first of kind `after` from there on; nil without the former.
    package init?(_ events: [TraceEvent], before: TraceEvent.Kind, after: TraceEvent.Kind) {
        guard let start = events.filter({ $0.kind == before }).map(\.at).min() else { return nil }
        self.init(
            before: start, after: events.filter { $0.kind == after && $0.at >= start }.map(\.at).min())
    }
}
