// SPDX-License-Identifier: MIT-0
import Measurement

/// The report of a run: its summary, then one line a trial.
struct RunText {
    let run: Run

    func write(into text: inout LabelledText) {
        let summary = run.summary
        writeAnswer(summary, into: &text)
        text.addBlankLine()
        text.add(Self.table(of: summary, applications: run.trials.first?.applications?.settings.protocols ?? []))
        FlowSummaryText(summary: summary).write(into: &text)
        if !run.trials.isEmpty {
            text.addBlankLine()
            text.add(trialTable())
            if let table = ApplicationText.table(of: run.trials) {
                text.addBlankLine()
                text.add(table)
            }
        }
        writeReasons(into: &text)
        Self.writeBudgets(of: run, into: &text)
        text.addBlankLine()
        writeEnvironment(into: &text)
        text.addBlankLine()
        writeNotes(summary, into: &text)
    }

    private func writeAnswer(_ summary: RunSummary, into text: inout LabelledText) {
        Self.writeMedian("outage", summary.outage, into: &text)
        Self.writeMedian("convergence", summary.convergence, into: &text)
        let protocols = run.trials.first?.applications?.settings.protocols ?? []
        if protocols.contains(.tcp) { Self.writeMedian("TCP stall", summary.tcpStall, into: &text) }
        if protocols.contains(.udp) { Self.writeMedian("UDP stall", summary.udpStall, into: &text) }
        let what = run.trials.first.map { "\($0.subject.fault.rawValue) of \($0.subject.active)" } ?? "no trial"
        let invalid = summary.trialCount - summary.validCount
        let outside = run.validTrials.count {
            [.tooShort, .tooLong].contains($0.expectedOutage.verdict)
                || [.tooShort, .tooLong].contains($0.expectedDetection.verdict)
        }
        let theory =
            outside == 0
            ? "inside what theory allows" : "theory does not allow \(outside) of them"
        let emphasis: Style.Emphasis = invalid > 0 || summary.validCount == 0 ? .bad : (outside > 0 ? .caution : .good)
        text.addAnswer(
            "run", "\(summary.validCount) of \(counted(summary.trialCount, "trial")) valid",
            summary.validCount == 0 ? "(\(what))" : "(\(what); \(theory))", emphasis)
    }

    private static func writeMedian(_ label: String, _ summary: Summary?, into text: inout LabelledText) {
        guard let summary else {
            text.addAnswer(label, "unknown", "(no valid trial has it)", .bad)
            return
        }
        let interval =
            summary.medianInterval.map { "median; 95 % interval \(fixed($0.lower)) to \(fixed($0.upper)); " }
            ?? "median of \(summary.count), too few for an interval; "
        text.addAnswer(
            label, "\(fixed(summary.median)) ms",
            "(\(interval)all \(fixed(summary.minimum)) to \(fixed(summary.maximum)) ms)")
    }

    /// Every figure of the run, in milliseconds.
    private static func table(of summary: RunSummary, applications: [ApplicationProtocol]) -> TextTable {
        var table = TextTable(
            [
                .init("ms"), .init("n", .right), .init("min", .right), .init("median", .right),
                .init("95 % interval", .right), .init("p95", .right), .init("max", .right), .init("mean", .right),
                .init("sd", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        var rows: [(String, Summary?)] = [
            ("outage", summary.outage), ("  lower end", summary.outageLower), ("  upper end", summary.outageUpper),
            ("convergence", summary.convergence), ("detection", summary.detection),
            ("fail-back", summary.failBack), ("  outage, upper end", summary.failBackOutageUpper),
        ]
        if applications.contains(.tcp) {
            rows += [("TCP stall", summary.tcpStall), ("  upper end", summary.tcpStallUpper)]
        }
        if applications.contains(.udp) {
            rows += [("UDP stall", summary.udpStall), ("  upper end", summary.udpStallUpper)]
        }
        for (name, summary) in rows {
            guard let summary else {
                table.addRow([.init(name), "0"])
                continue
            }
            let interval = summary.medianInterval.map { "\(fixed($0.lower)) to \(fixed($0.upper))" }
            table.addRow([
                .init(name), .init("\(summary.count)"), .init(fixed(summary.minimum)),
                .init(fixed(summary.median), .strong), .init(interval ?? "-"), .init(fixed(summary.percentile95)),
                .init(fixed(summary.maximum)), .init(fixed(summary.mean), .faint),
                .init(fixed(summary.standardDeviation), .faint),
            ])
        }
        return table
    }

    private func trialTable() -> TextTable {
        var table = TextTable(
            [
                .init("trial", .right), .init("outage", .right), .init("lower", .right), .init("upper", .right),
                .init("lost", .right), .init("convergence", .right), .init("detection", .right),
                .init("fail-back", .right), .init("in theory"), .init("valid"),
            ], maximumWidth: LabelledText.maximumWidth)
        for trial in run.trials {
            let isValid = trial.validity.isValid
            let verdict = Self.verdict(of: trial)
            table.addRow([
                .init("\(trial.number)"), .init(trial.outage.estimate?.fixed(1) ?? "-", .strong),
                .init(trial.outage.lower.fixed(1)), .init(trial.outage.upper?.fixed(1) ?? "-"),
                .init("\(trial.outage.lostCount)"), .init(trial.convergence?.time.fixed(1) ?? "-"),
                .init(trial.timeline.detection?.fixed(1) ?? "-"),
                .init(trial.failBack?.convergence?.time.fixed(1) ?? "-"),
                .init(verdict.rawValue, verdict == .inside ? .none : .caution),
                .init(isValid ? "yes" : "NO", isValid ? .good : .bad),
            ])
        }
        return table
    }

    /// The worse of a trial's two verdicts.
    private static func verdict(of trial: Trial) -> ExpectedWindow.Verdict {
        let verdicts = [trial.expectedOutage.verdict, trial.expectedDetection.verdict]
        return verdicts.first { $0 == .tooLong || $0 == .tooShort } ?? verdicts.first { $0 == .unknown } ?? .inside
    }

    private func writeReasons(into text: inout LabelledText) {
        let invalid = run.trials.filter { !$0.validity.isValid }
        guard !invalid.isEmpty else { return }
        text.addBlankLine()
        for trial in invalid {
            for (index, reason) in trial.validity.reasons.enumerated() {
                text.add(
                    index == 0 ? "trial \(trial.number)" : "", "INVALID: \(reason.text) [\(reason.doubt.rawValue)]",
                    .bad)
            }
        }
    }

    /// Whether the run kept to what it was to cost.
    static func writeBudgets(of run: Run, into text: inout LabelledText) {
        let broken = run.brokenPromises
        guard !run.budgets.isEmpty || !broken.isEmpty else { return }
        text.addBlankLine()
        for verdict in run.budgets {
            let measured = verdict.measured.map { "\($0.fixed(1)) ms" } ?? "not known"
            let word = verdict.isMet ? "met" : "MISSED"
            text.add(
                "budget", "\(word): \(verdict.budget); measured \(measured) \(verdict.remark)",
                verdict.isMet ? .good : .bad)
        }
        for trial in broken {
            text.add(
                "promise",
                "BROKEN: \(trial.subject.fault.rawValue) is to lose nothing, and trial \(trial.number) lost"
                    + " \(counted(trial.outage.lostCount, "probe"))", .bad)
        }
    }

    private func writeEnvironment(into text: inout LabelledText) {
        let environment = run.environment
        let probing = run.settings.probing
        text.add(
            "settings",
            "a probe each \(probing.interval.short), lost after \(probing.forwardingDelayThreshold.short),"
                + " validated for \(probing.sustainedValidation.short); seed \(run.seed)")
        if let trial = run.trials.first {
            for (label, assessment) in [("theory", trial.expectedDetection), ("", trial.expectedOutage)] {
                let window = assessment.window
                text.add(label, "\(window.reason) (\(window.references.joined(separator: ", ")))")
            }
        }
        let host = environment.virtualization.map { " under \($0)" } ?? ""
        let versions = environment.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        text.add(
            "machine",
            ([
                "Linux \(environment.kernel), \(environment.machine), \(counted(environment.cpuCount, "CPU"))\(host)"
            ] + versions).joined(separator: "; "))
    }

    private func writeNotes(_ summary: RunSummary, into text: inout LabelledText) {
        text.addNote(
            "Figures are of the valid trials. The median's interval is between two order statistics (ranks from the"
                + " binomial, no distribution assumed) and exists from 6 trials on; p95 is the nearest rank and given"
                + " from \(Summary.percentile95MinimumCount) on. '-' is not known.")
        text.addNote(TextReport.bracketNote)
    }
}
