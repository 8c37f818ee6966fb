// SPDX-License-Identifier: MIT-0
import WireFormat

extension Trial {
    /// Says of each measurement that lies outside its window why, as far as timeline, timers and machine tell.
    mutating func explainWindows() {
        let explanation = WindowExplanation(trial: self)
        expectedDetection.explanation = explanation.detection
        expectedOutage.explanation = explanation.outage
    }
}

/// Where the time went when a trial took longer, or less long, than theory allows.
///
/// Nothing is measured anew: each sentence is a difference of stamps that the trial has already, or a limit that the machine
/// exceeded. What no stamp tells is not guessed at.
struct WindowExplanation {
    private let trial: Trial
    private let step: Timeline.Step?

    init(trial: Trial) {
        self.trial = trial
        step = trial.timeline[.detected]
    }

    // MARK: Detection

    var detection: String? {
        guard let outside = trial.expectedDetection.outsideBy, let measured = trial.timeline.detection else {
            return nil
        }
        switch trial.expectedDetection.verdict {
        case .tooLong:
            let end = (trial.expectedDetection.window.upper ?? .zero) + trial.expectedDetection.window.allowance
            let clauses = [spread(after: end), wrongTimer, lastPacket(measured), lateTimer, slowFault, busyMachine]
                .compactMap(\.self)
            return "detected \(outside.rounded) after the window: \(joined(clauses))"
        case .tooShort:
            return "detected \(outside.rounded) before the window: \(shortness(of: measured) ?? Self.untold)"
        case .inside, .unknown:
            return nil
        }
    }

    private static let untold = "no stamp tells where the time went"

    private func joined(_ clauses: [String]) -> String {
        clauses.isEmpty ? Self.untold : clauses.joined(separator: "; ")
    }

    /// Where one session was down in time and another was not.
    private func spread(after end: Milliseconds) -> String? {
        guard let parts = step?.parts, let first = parts.first, let last = parts.last, parts.count > 1,
            let early = first.sinceFault, let late = last.sinceFault, early <= end
        else { return nil }
        return "\(first.name) was down in time, after \(early.rounded), and \(last.name) only after \(late.rounded)"
    }

    private var isByBFD: Bool { step?.cause?.hasPrefix("BFD") ?? false }
    private var isByHoldTimer: Bool { step?.cause?.hasPrefix("hold timer") ?? false }

    /// Where BFD was to find out and something else did.
    private var wrongTimer: String? {
        guard trial.subject.fault?.signal == .silence, trial.subject.fault != .bgpPartition,
            trial.settings.timers.bfdDetectionTime != nil, let cause = step?.cause, !isByBFD
        else { return nil }
        return "BFD did not find it, but: \(cause)"
    }

    /// A detection timer runs from the last control packet (RFC 5880 section 6.8.4), so its end tells when that came.
    private func lastPacket(_ measured: Milliseconds) -> String? {
        guard isByBFD, step?.cause?.contains("detection time expired") ?? false,
            let time = trial.settings.timers.bfdDetectionTime, measured > time + Milliseconds(1)
        else { return nil }
        let after = measured - time
        // A timer that is known to have been late for as long needs no other packet.
        guard timerLateness.map({ $0 < after }) ?? true else { return nil }
        if let uncertainty = trial.fault.after.map({ Milliseconds(from: trial.fault.before, to: $0) }),
            after <= uncertainty
        {
            return "the fault took \(uncertainty.rounded) to be put in place, and control packets came until then"
        }
        return "either the last control packet came \(after.rounded) after the fault, or the detection timer was late"
    }

    private var timerLateness: Milliseconds? { trial.machine?.timerLateness[trial.subject.routeServerNode] }

    /// The detection timer's own thread.
    private var lateTimer: String? {
        guard isByBFD, let lateness = timerLateness, lateness >= Milliseconds(1) else { return nil }
        return "a detection timer of \(trial.subject.routeServerNode) was served up to \(lateness.rounded) late"
    }

    /// Where no timer is awaited, the fault itself is what takes time.
    private var slowFault: String? {
        guard trial.subject.fault?.signal != .silence, let after = trial.fault.after else { return nil }
        let uncertainty = Milliseconds(from: trial.fault.before, to: after)
        guard uncertainty >= Milliseconds(1) else { return nil }
        return "the fault itself took \(uncertainty.rounded) to be put in place"
    }

    private var busyMachine: String? {
        var clauses: [String] = []
        if let share = trial.foreignCPUShare, share > trial.settings.limits.foreignCPUShare {
            clauses.append("others took \(percentText(share)) of the CPUs")
        }
        if let share = trial.machine?.stealShare, share > trial.settings.limits.stealShare {
            clauses.append("the hypervisor took \(percentText(share)) of the CPUs' time")
        }
        return clauses.isEmpty ? nil : clauses.joined(separator: ", ")
    }

    /// A timer that ran out early must have been started early.
    private func shortness(of measured: Milliseconds) -> String? {
        let timers = trial.settings.timers
        if isByBFD, step?.cause?.contains("detection time expired") ?? false, let time = timers.bfdDetectionTime,
            let interval = timers.bfdInterval
        {
            return "the last control packet before the fault was \((time - measured).rounded) older than it, and one is"
                + " due every \(interval.text)"
        }
        if isByHoldTimer, let time = timers.holdTime {
            let due = timers.keepaliveInterval.map { ", and one is due every \($0.text)" } ?? ""
            return "the last message before the fault was \((time - measured).rounded) older than it\(due)"
        }
        guard trial.subject.fault?.signal == .silence else { return nil }
        return step?.cause.map { "no timer found it, but: \($0)" }
    }

    // MARK: Outage

    var outage: String? {
        guard let outside = trial.expectedOutage.outsideBy else { return nil }
        switch trial.expectedOutage.verdict {
        case .tooLong: return "lasted \(outside.rounded) beyond the window: \(joined(longOutage))"
        case .tooShort: return "ended \(outside.rounded) short of the window: \(joined(shortOutage))"
        case .inside, .unknown: return nil
        }
    }

    private var longOutage: [String] {
        var clauses: [String] = []
        switch trial.expectedDetection.verdict {
        case .inside: clauses.append("detection was inside")
        case .tooLong: clauses.append("detection was too long already")
        case .tooShort, .unknown: break
        }
        if let gap = longestGap {
            clauses.append(
                "\(gap.time.rounded) passed between \(gap.from.words) and \(gap.to.words)")
        }
        if trial.convergence == nil {
            clauses.append("\(trial.subject.standby) never answered")
        } else if let served = trial.timeline[.served]?.at, let last = trial.outage.eventPeriods.last,
            last.lastLostAt > served
        {
            let more = Milliseconds(from: served, to: last.lastLostAt)
            clauses.append(
                "probes were lost for \(more.rounded) more after the first answer of \(trial.subject.standby)")
        }
        return clauses
    }

    /// The longest of the times between neighbouring steps from detection on, where it is worth a word.
    private var longestGap: (from: Timeline.StepName, to: Timeline.StepName, time: Milliseconds)? {
        let seen = trial.timeline.steps.filter { !$0.isMissing && $0.name != .faultInjected }
        let gaps = zip(seen, seen.dropFirst()).compactMap { from, to in
            to.sincePrevious.map { (from: from.name, to: to.name, time: $0) }
        }
        guard let longest = gaps.max(by: { $0.time < $1.time }), longest.time >= Milliseconds(1) else { return nil }
        return longest
    }

    private var shortOutage: [String] {
        var clauses: [String] = []
        if trial.expectedDetection.verdict == .tooShort { clauses.append("detection was too short already") }
        if let first = trial.outage.eventToFirstLoss, first > trial.settings.probing.interval {
            clauses.append("probes were answered until \(first.rounded) after the fault")
        } else if trial.outage.lostCount == 0 {
            clauses.append("no probe was lost at all")
        }
        return clauses
    }
}

extension Timeline.StepName {
    /// For sentences: "best path".
    var words: String { String(rawValue.map { $0 == "-" ? " " : $0 }) }
}

extension Milliseconds {
    /// For sentences that need no more than a tenth of a millisecond.
    fileprivate var rounded: String { text(roundedTo: Milliseconds(0.1)) }
}
