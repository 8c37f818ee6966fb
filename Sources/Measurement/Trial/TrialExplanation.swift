// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

extension Trial {
    /// Explains each measurement outside its window, as far as timeline, timers and machine allow.
    mutating func explainWindows() {
        let explanation = TrialExplanation(trial: self)
        expectedDetection.explanations = explanation.detection
        expectedOutage.explanations = explanation.outage
    }
}

/// Where the time went when a trial took longer, or less long, than theory allows.
///
/// Nothing is measured again: each explanation is a difference of existing stamps, or a limit that the machine
/// exceeded. What no stamp shows is not guessed.
private struct TrialExplanation {
    private let trial: Trial
    private let step: Timeline.Step?

    init(trial: Trial) {
        self.trial = trial
        step = trial.timeline[.detected]
    }

    // MARK: Detection

    var detection: [WindowExplanation]? {
        guard trial.expectedDetection.outsideBy != nil, let measured = trial.timeline.detection else { return nil }
        switch trial.expectedDetection.verdict {
        case .tooLong:
            let end = (trial.expectedDetection.window.upper ?? .zero) + trial.expectedDetection.window.allowance
            return [spread(after: end), wrongTimer, lastPacket(measured), lateTimer, slowFault, busyMachine]
                .compactMap(\.self)
        case .tooShort: return [shortness(of: measured)].compactMap(\.self)
        case .inside, .unknown: return nil
        }
    }

    /// One session was down in time, and another was not.
    private func spread(after end: Milliseconds) -> WindowExplanation? {
        guard let parts = step?.parts, let first = parts.first, let last = parts.last, parts.count > 1,
            let early = first.sinceFault, let late = last.sinceFault, early <= end
        else { return nil }
        return .spread(first: first.name, early, last: last.name, late)
    }

    /// Why the last session ended; nil if detection was not a session's end.
    private var sessionEnd: SessionEnd? {
        if case .event(.session(let end)) = step?.cause { end } else { nil }
    }

    private var isByBFD: Bool { if case .bfdDown = sessionEnd { true } else { false } }
    private var isByDetectionTime: Bool { sessionEnd == .bfdDown(.controlDetectionTimeExpired) }

    /// Something else than BFD detected the fault first.
    private var wrongTimer: WindowExplanation? {
        guard trial.subject.fault?.signal == .silence, trial.subject.fault != .bgpPartition,
            trial.settings.timers.bfdDetectionTime != nil, let cause = step?.cause, !isByBFD
        else { return nil }
        return .notByBFD(cause)
    }

    /// A detection timer runs from the last control packet (RFC 5880 section 6.8.4), so its expiry shows when that
    /// came.
    private func lastPacket(_ measured: Milliseconds) -> WindowExplanation? {
        guard isByDetectionTime, let time = trial.settings.timers.bfdDetectionTime,
            measured > time + Milliseconds(1)
        else { return nil }
        let after = measured - time
        // If the timer is known to have been that late, no later packet is needed to explain it.
        guard timerLateness.map({ $0 < after }) ?? true else { return nil }
        if let uncertainty = trial.fault.uncertainty, after <= uncertainty {
            return .packetsUntilInPlace(uncertainty)
        }
        return .latePacketOrTimer(after)
    }

    private var timerLateness: Milliseconds? { trial.machine?.timerLateness[trial.subject.routeServerNode] }

    /// The thread of the detection timers was late.
    private var lateTimer: WindowExplanation? {
        guard isByBFD, let lateness = timerLateness, lateness >= Milliseconds(1) else { return nil }
        return .lateTimer(node: trial.subject.routeServerNode, lateness)
    }

    /// If no timer is needed, only the fault itself takes time.
    private var slowFault: WindowExplanation? {
        guard trial.subject.fault?.signal != .silence, let uncertainty = trial.fault.uncertainty,
            uncertainty >= Milliseconds(1)
        else { return nil }
        return .slowFault(uncertainty)
    }

    private var busyMachine: WindowExplanation? {
        let foreign = trial.foreignCPUShare.flatMap { $0 > trial.settings.limits.foreignCPUShare ? $0 : nil }
        let steal = (trial.machine?.stealShare).flatMap { $0 > trial.settings.limits.stealShare ? $0 : nil }
        return foreign == nil && steal == nil ? nil : .busyMachine(foreignCPU: foreign, steal: steal)
    }

    /// A timer that expired early was started early.
    private func shortness(of measured: Milliseconds) -> WindowExplanation? {
        let timers = trial.settings.timers
        if isByDetectionTime, let time = timers.bfdDetectionTime, let interval = timers.bfdInterval {
            return .earlyPacket(time - measured, interval: interval)
        }
        if sessionEnd == .holdTimerExpired, let time = timers.holdTime {
            return .earlyMessage(time - measured, interval: timers.keepaliveInterval)
        }
        guard trial.subject.fault?.signal == .silence else { return nil }
        return step?.cause.map(WindowExplanation.byNoTimer)
    }

    // MARK: Outage

    var outage: [WindowExplanation]? {
        guard trial.expectedOutage.outsideBy != nil else { return nil }
        switch trial.expectedOutage.verdict {
        case .tooLong: return longOutage
        case .tooShort: return shortOutage
        case .inside, .unknown: return nil
        }
    }

    private var longOutage: [WindowExplanation] {
        var explanations: [WindowExplanation] = []
        let detection = trial.expectedDetection.verdict
        if detection == .inside || detection == .tooLong { explanations.append(.detection(detection)) }
        if let longestGap { explanations.append(longestGap) }
        if trial.convergence == nil {
            explanations.append(.neverAnswered(instance: trial.subject.standby))
        } else if let served = trial.timeline[.served]?.at, let last = trial.outage.eventPeriods.last,
            last.lastLostAt > served
        {
            explanations.append(
                .lostAfterAnswer(
                    instance: trial.subject.standby, Milliseconds(from: served, to: last.lastLostAt)))
        }
        return explanations
    }

    /// The longest time between neighbouring steps from detection on, if it is long enough to mention.
    private var longestGap: WindowExplanation? {
        let seen = trial.timeline.steps.filter { !$0.isMissing && $0.name != .faultInjected }
        let gaps = zip(seen, seen.dropFirst()).compactMap { from, to in
            to.sincePrevious.map { (from: from.name, to: to.name, time: $0) }
        }
        guard let longest = gaps.max(by: { $0.time < $1.time }), longest.time >= Milliseconds(1) else { return nil }
        return .gap(from: longest.from, to: longest.to, longest.time)
    }

    private var shortOutage: [WindowExplanation] {
        var explanations: [WindowExplanation] = []
        if trial.expectedDetection.verdict == .tooShort { explanations.append(.detection(.tooShort)) }
        if let first = trial.outage.eventToFirstLoss, first > trial.settings.probing.interval {
            explanations.append(.answeredUntil(first))
        } else if trial.outage.lostCount == 0 {
            explanations.append(.nothingLost)
        }
        return explanations
    }
}
