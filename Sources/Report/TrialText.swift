// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The report of one trial.
struct TrialText {
    let trial: Trial

    func write(into text: inout LabelledText) {
        writeAnswer(into: &text)
        text.addBlankLine()
        if trial.isPredicted {
            TimelineText(timeline: trial.timeline).write(into: &text)
        } else {
            StepsText(trial: trial).write(into: &text)
        }
        text.addBlankLine()
        ProbeText(trial: trial).write(into: &text)
        writeResponders(into: &text)
        FlowText(trial: trial).write(into: &text)
        writeExpectation(into: &text)
        writeValidity(into: &text)
        WitnessText(witnesses: trial.witnesses ?? []).write(into: &text)
        if let uncertainty = trial.uncertainty { UncertaintyText(uncertainty: uncertainty).write(into: &text) }
        EvidenceText(evidence: trial.evidence).write(into: &text)
        ProbeText(trial: trial).writeRoundTrips(into: &text)
        text.addBlankLine()
        FailBackText(trial: trial).write(into: &text)
        if trial.applications != nil { text.addBlankLine() }
        ApplicationText(trial: trial).write(into: &text)
        text.addBlankLine()
        text.addNote(TextReport.bracketNote(of: trial))
    }

    // MARK: The three lines

    private func writeAnswer(into text: inout LabelledText) {
        let (figure, explanation) = Self.outage(trial.outage, sentCount: trial.counts.sent)
        text.addAnswer("outage", figure, "(\(explanation))")
        if let several = trial.outage.several {
            text.add("", Self.words(for: several, headline: trial.isOfLongestPeriod ? .longest : .span))
        }
        writeConvergence(into: &text)
        writeValidityInOneLine(into: &text)
    }

    private func writeConvergence(into text: inout LabelledText) {
        if !trial.isPredicted {
            text.addAnswer("convergence", "none", "(\(Self.severalFaults))", .none)
        } else if let convergence = trial.convergence {
            let before = trial.servedBefore.map { "; before it, \($0) served" } ?? ""
            text.addAnswer(
                "convergence", "\(convergence.time.fixed(1)) ms", "(first answer of \(convergence.instance)\(before))")
        } else {
            let stays = trial.expectation != .moves
            text.addAnswer(
                "convergence", "none",
                stays
                    ? "(the traffic stayed with \(trial.subject.active))"
                    : "(\(trial.subject.standby) never answered)", stays ? .none : .bad)
        }
    }

    private func writeValidityInOneLine(into text: inout LabelledText) {
        let what = trial.faultText
        if let first = trial.validity.reasons.first {
            let others = trial.validity.reasons.count - 1
            let more = others > 0 ? " and \(others) more" : ""
            text.addAnswer("trial \(trial.number)", "INVALID", "(\(what): \(first.doubt.rawValue)\(more))", .bad)
        } else {
            let (sentence, emphasis) = Self.verdict(trial)
            text.addAnswer("trial \(trial.number)", "valid", "(\(what): \(sentence))", emphasis)
        }
    }

    /// Why figures of a sequence are missing.
    static let severalFaults =
        "several faults have no single convergence or detection time"

    /// The other brackets of several loss periods.
    private static func words(for several: SeveralLossPeriods, headline: Outage.Headline) -> String {
        func bracket(_ bracket: LossBracket) -> String {
            bracket.upper.map { "\(bracket.lower.fixed(1)) to \($0.fixed(1)) ms" }
                ?? "at least \(bracket.lower.fixed(1)) ms"
        }
        guard headline == .longest else {
            return
                "from the beginning of the first of \(several.count) loss periods to the end of the last; all of them together"
                + " \(bracket(several.total)), the longest \(bracket(several.longest))"
        }
        return "the longest of \(several.count) loss periods; all of them together \(bracket(several.total)), from the"
            + " beginning of the first to the end of the last \(bracket(several.span))"
    }

    /// The headline figure and its bracket.
    static func outage(_ outage: Outage, sentCount: Int) -> (figure: String, explanation: String) {
        let lost =
            outage.lostCount == 0
            ? "none of \(counted(sentCount, "probe")) lost"
            : "\(outage.lostCount) of \(counted(sentCount, "probe")) lost"
        guard let estimate = outage.estimate, let upper = outage.upper else {
            guard let last = outage.eventPeriods.last(where: { $0.upper == nil }) ?? outage.eventPeriods.last else {
                return ("unknown", "no answered probes on both sides of the event; \(lost)")
            }
            let why =
                last.firstGoodAfter == nil
                ? "not over at the end" : "no probe was answered before it"
            return ("unknown", "at least \(outage.lower.fixed(1)) ms: \(why); \(lost)")
        }
        return (
            "\(estimate.fixed(1)) ms",
            "between \(outage.lower.fixed(1)) and \(upper.fixed(1)) ms; \(lost)"
        )
    }

    private static func verdict(_ trial: Trial) -> (String, Style.Emphasis) {
        guard trial.isPredicted else { return ("not predicted", .good) }
        let assessments = [("detection", trial.expectedDetection), ("outage", trial.expectedOutage)]
        let outside = assessments.filter { [.tooShort, .tooLong].contains($0.1.verdict) }
        let unknown = assessments.filter { $0.1.verdict == .unknown }.map(\.0)
        if !outside.isEmpty {
            let list = outside.map { "\($0.0) \(Self.words(for: $0.1))" }.joined(separator: ", ")
            return ("theory does not allow it: \(list)", .caution)
        }
        guard trial.expectation == .moves else {
            return trial.convergence == nil
                ? ("no traffic moved", .good) : ("the traffic moved, which this fault may cause", .caution)
        }
        if !unknown.isEmpty {
            return ("\(unknown.joined(separator: " and ")) could not be compared with theory", .caution)
        }
        return ("inside what theory allows", .good)
    }

    private static func words(for assessment: ExpectedWindow.Assessment) -> String {
        let by = assessment.outsideBy.map { " by \($0.short)" } ?? ""
        return switch assessment.verdict {
        case .inside: "inside"
        case .tooShort: "too short\(by)"
        case .tooLong: "too long\(by)"
        case .unknown: "not known"
        }
    }

    // MARK: The reasons

    /// The maximum number of lines about periods; a sequence lists more, since they are its result.
    private var shownPeriodCount: Int { trial.isPredicted ? 8 : ProbeText.shownPeriodCountOfSequence }

    private func writeResponders(into text: inout LabelledText) {
        let periods = trial.servingPeriods
        guard !periods.isEmpty else {
            text.add("answered by", "no instance", .bad)
            return
        }
        for (index, period) in periods.prefix(shownPeriodCount).enumerated() {
            let who = period.instance ?? "an unknown instance"
            let first = Milliseconds(from: trial.fault.before, to: period.firstReplyAt).fixed(3)
            let last = Milliseconds(from: trial.fault.before, to: period.lastReplyAt).fixed(3)
            text.add(
                index == 0 ? "answered by" : "",
                "\(who), TTL \(period.timeToLive), from \(first) to \(last) ms (\(counted(period.replyCount, "reply", "replies")))",
                period.instance == nil ? .caution : .none)
        }
        if periods.count > shownPeriodCount {
            text.add("", "and \(counted(periods.count - shownPeriodCount, "more change"))")
        }
    }

    private func writeExpectation(into text: inout LabelledText) {
        guard trial.isPredicted else { return text.add("expected", trial.expectedOutage.window.reason.text) }
        Self.write(
            "detection", trial.timeline.detection, trial.expectedDetection,
            explanation: trial.expectedDetection.detectionExplanation, label: "expected", into: &text)
        Self.write(
            "outage", trial.outage.upper.flatMap { _ in trial.outage.estimate }, trial.expectedOutage,
            explanation: trial.expectedOutage.outageExplanation, label: "", into: &text)
    }

    private static func write(
        _ what: String, _ measured: Milliseconds?, _ assessment: ExpectedWindow.Assessment, explanation: String?,
        label: String, into text: inout LabelledText
    ) {
        let window = assessment.window
        let range: String =
            switch window.upper {
            case nil: "at any time"
            case .some(.zero): "about 0 ms"
            case .some(let upper): "\(window.lower.short) to \(upper.short)"
            }
        let figure = measured.map { "measured \($0.fixed(1)) ms" } ?? "not measured"
        text.add(
            label, "\(what) \(range), give or take \(window.allowance.short); \(figure): \(words(for: assessment))",
            assessment.verdict == .inside ? .good : .caution)
        text.add("", "\(window.reason.text) (\(window.references.joined(separator: ", ")))", .faint)
        if let explanation { text.add("", explanation, .caution) }
    }

    private var machineText: String {
        guard let machine = trial.machine else { return "" }
        var parts: [String] = []
        if let share = machine.stealShare { parts.append("steal \(fixed(share * 100)) %") }
        if let (node, lateness) = machine.timerLateness.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            parts.append("BFD timers at most \(lateness.fixed(2)) ms late (\(node))")
        }
        if let source = machine.clockSource { parts.append("clock \(source)") }
        return parts.map { ", \($0)" }.joined()
    }

    private func writeValidity(into text: inout LabelledText) {
        let validity = trial.validity
        let foreign = trial.foreignCPUShare.map { "\(fixed($0 * 100)) %" } ?? "not measured"
        if validity.isValid {
            let validated = trial.outage.validatedFor.map {
                "none in the \($0.fixed(1)) ms watched after recovery, "
            }
            text.add(
                "validity",
                "valid: no loss before the fault, \(validated ?? "")prober at most"
                    + " \(validity.limits.proberLateness.short) late, foreign CPU \(foreign)\(machineText)", .good)
        } else {
            for (index, reason) in validity.reasons.enumerated() {
                text.add(index == 0 ? "INVALID" : "", "\(reason.text) [\(reason.doubt.rawValue)]", .bad)
            }
        }
    }
}

extension Trial {
    /// "blackhole of instance-rs-az1", "a sequence of 4 steps".
    var faultText: String {
        subject.fault.map { "\($0.rawValue) of \(subject.target?.name ?? subject.active)" }
            ?? "a sequence of \(counted(steps.count, "step"))"
    }

    /// Whether the outage's bracket is the longest loss period's, and does not span them all.
    var isOfLongestPeriod: Bool { !sequence.isTakenBackWhenFollowed }
}
