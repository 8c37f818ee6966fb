// SPDX-License-Identifier: MIT-0
import Measurement

/// The report of a run: its summary, then one line per trial.
struct RunText {
    let run: Run

    /// Without any trial, the text mentions no sequence.
    private var isPredicted: Bool { run.trials.first?.isPredicted ?? true }

    func write(into text: inout LabelledText) {
        let summary = run.summary
        writeAnswer(summary, into: &text)
        text.addBlankLine()
        text.add(table(of: summary, applications: run.trials.first?.applications?.settings.protocols ?? []))
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
        if isPredicted {
            Self.writeMedian("convergence", summary.convergence, into: &text)
        } else {
            text.addAnswer("convergence", "none", "(\(TrialText.severalFaults))", .none)
        }
        let protocols = run.trials.first?.applications?.settings.protocols ?? []
        if protocols.contains(.tcp) { Self.writeMedian("TCP stall", summary.tcpStall, into: &text) }
        if protocols.contains(.udp) { Self.writeMedian("UDP stall", summary.udpStall, into: &text) }
        Self.writePercentile95(summary.outage, into: &text)
        let what = run.trials.first.map { $0.faultText } ?? "no trial"
        let inside = run.insideExpected
        let theory =
            !isPredicted
            ? "not predicted"
            : inside.outside == 0
                ? "inside what theory allows" : "theory does not allow \(inside.outside) of them"
        let emphasis: Style.Emphasis =
            summary.validCount < summary.trialCount || summary.validCount == 0
            ? .bad : (inside.outside > 0 ? .caution : .good)
        text.addAnswer(
            "run", "\(summary.validCount) of \(counted(summary.trialCount, "trial")) valid",
            summary.validCount == 0 ? "(\(what))" : "(\(what); \(theory))", emphasis)
        Self.writeEnd(of: run, into: &text)
    }

    /// A bound for the worst of all failovers, including those that were not measured.
    private static func writePercentile95(_ summary: Summary?, into text: inout LabelledText) {
        // A bound on less than half of all failovers is not worth mentioning.
        guard let summary, let bounded = summary.percentileBoundedByMaximum, bounded >= 50 else { return }
        let largest =
            "the largest of \(summary.count) outages, \(fixed(summary.maximum)) ms, bounds the p\(percentile(bounded)) with 95 %"
            + " confidence"
        guard let percentile95 = summary.percentile95 else {
            text.add("", "(\(largest))")
            return
        }
        let interval = summary.percentile95Interval.map {
            "95 % interval \(fixed($0.lower)) to \(fixed($0.upper)); "
        }
        text.addAnswer("outage p95", "\(fixed(percentile95)) ms", "(\(interval ?? "")\(largest))")
    }

    /// "95", and "99.9".
    private static func percentile(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    /// Why there is no further trial, if that is not the normal reason.
    static func writeEnd(of run: Run, into text: inout LabelledText) {
        if let precision = run.precision {
            text.add(
                "until", "\(precision.isReached ? "reached" : "NOT REACHED"): \(precision.text)",
                precision.isReached ? .good : .caution)
        }
        guard let ended = run.ended, ended.reason != .completed else { return }
        text.add("ended", ended.text(after: run.trials.count), ended.isPremature ? .bad : .none)
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
    private func table(of summary: RunSummary, applications: [ApplicationProtocol]) -> TextTable {
        var table = TextTable(
            [
                .init("ms"), .init("n", .right), .init("min", .right), .init("median", .right),
                .init("95 % interval", .right), .init("p95", .right), .init("max", .right), .init("mean", .right),
                .init("sd", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        var rows: [(String, Summary?)] = [
            ("outage", summary.outage), ("  lower end", summary.outageLower), ("  upper end", summary.outageUpper),
        ]
        if let total = summary.outageTotal { rows.append(("  all periods together", total)) }
        if isPredicted { rows += [("convergence", summary.convergence), ("detection", summary.detection)] }
        rows += [("fail-back", summary.failBack), ("  outage, upper end", summary.failBackOutageUpper)]
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
        guard isPredicted else { return sequenceTable() }
        var table = TextTable(
            [
                .init("trial", .right), .init("outage", .right), .init("lower", .right), .init("upper", .right),
                .init("lost", .right), .init("convergence", .right), .init("detection", .right),
                .init("fail-back", .right), .init("in theory"), .init("valid"),
            ], maximumWidth: LabelledText.maximumWidth)
        for trial in run.trials {
            let isValid = trial.validity.isValid
            let verdict = trial.expectedVerdict
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

    /// For a sequence: loss periods in place of the figures that only one fault has.
    private func sequenceTable() -> TextTable {
        var table = TextTable(
            [
                .init("trial", .right), .init("outage", .right), .init("lower", .right), .init("upper", .right),
                .init("lost", .right), .init("periods", .right), .init("together", .right),
                .init("fail-back", .right), .init("valid"),
            ], maximumWidth: LabelledText.maximumWidth)
        for trial in run.trials {
            let isValid = trial.validity.isValid
            table.addRow([
                .init("\(trial.number)"), .init(trial.outage.estimate?.fixed(1) ?? "-", .strong),
                .init(trial.outage.lower.fixed(1)), .init(trial.outage.upper?.fixed(1) ?? "-"),
                .init("\(trial.outage.lostCount)"), .init("\(trial.outage.eventPeriods.count)"),
                .init(trial.outage.total?.fixed(1) ?? "-"),
                .init(trial.failBack?.convergence?.time.fixed(1) ?? "-"),
                .init(isValid ? "yes" : "NO", isValid ? .good : .bad),
            ])
        }
        return table
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

    /// Whether the run met its budgets.
    static func writeBudgets(of run: Run, into text: inout LabelledText) {
        let broken = run.brokenPromises
        guard !run.budgets.isEmpty || !broken.isEmpty else { return }
        text.addBlankLine()
        for verdict in run.budgets {
            text.add(
                "budget", "\(BudgetText.word(verdict.outcome)): \(BudgetText(verdict: verdict).sentence)",
                BudgetText.emphasis(verdict.outcome))
        }
        for trial in broken {
            text.add(
                "promise",
                "BROKEN: \(trial.subject.fault?.rawValue ?? "the fault") must lose nothing, but trial \(trial.number) lost"
                    + " \(counted(trial.outage.lostCount, "probe"))", .bad)
        }
    }

    private func writeEnvironment(into text: inout LabelledText) {
        let environment = run.environment
        Self.writeSettings(run.settings?.probing, seed: run.seed, into: &text)
        if !isPredicted, let trial = run.trials.first {
            text.add("theory", trial.expectedOutage.window.reason.text)
        } else if let trial = run.trials.first {
            for (label, assessment) in [("theory", trial.expectedDetection), ("", trial.expectedOutage)] {
                let window = assessment.window
                text.add(label, "\(window.reason.text) (\(window.references.joined(separator: ", ")))")
            }
        }
        if isPredicted { Self.writeInsideExpected(run.insideExpected, into: &text) }
        WitnessText.write(run.trials, into: &text)
        if let fit = DetectionFitText.sentence(of: run) { text.add("distribution", fit.text, fit.emphasis) }
        Self.writeMachine(environment, into: &text)
    }

    static func writeSettings(_ probing: ProbeSettings?, seed: UInt64, into text: inout LabelledText) {
        let probes = probing.map {
            "a probe every \($0.interval.short), lost after \($0.derivesThreshold ? "ten round trips or 100 ms" : $0.forwardingDelayThreshold.short),"
                + " validated for \($0.sustainedValidation.short); "
        }
        text.add("settings", "\(probes ?? "")seed \(seed)")
    }

    private static func writeInsideExpected(_ inside: InsideExpected, into text: inout LabelledText) {
        guard inside.count > 0 else { return }
        func share(_ count: Int, _ unknown: Int) -> String {
            unknown == 0 ? "\(count)" : "\(count) (of \(unknown) it is not known)"
        }
        text.add(
            "",
            "of \(counted(inside.count, "valid trial")), inside:"
                + " detection \(share(inside.detection, inside.detectionUnknown)),"
                + " outage \(share(inside.outage, inside.outageUnknown))")
    }

    static func writeMachine(_ environment: RunEnvironment, into text: inout LabelledText) {
        let host = environment.virtualization.map { " under \($0)" } ?? ""
        let versions = environment.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        text.add(
            "machine",
            ([
                "Linux \(environment.kernel), \(environment.machine), \(counted(environment.cpuCount, "CPU"))\(host)"
            ] + versions).joined(separator: "; "))
    }

    private func writeNotes(_ summary: RunSummary, into text: inout LabelledText) {
        text.addNote(Self.statisticsNote)
        text.addNote(TextReport.bracketNote(of: run.trials.first))
    }

    static let statisticsNote =
        "Figures are of the valid trials. Intervals are between two order statistics (ranks from the binomial, no"
        + " distribution assumed): the median's exists from \(QuantileRanks.minimumCount(of: 0.5)) trials on, the p95's"
        + " from \(QuantileRanks.minimumCount(of: 0.95)). p95 is the nearest rank, given from"
        + " \(Summary.percentile95MinimumCount) on. '-' is not known."
}

extension RunEnd {
    /// As a sentence, after this many trials.
    func text(after count: Int) -> String {
        switch reason {
        case .completed, .targetReached: "after \(counted(count, "trial"))"
        case .maximumReached: "after \(counted(count, "trial")), as many as were allowed"
        case .interrupted: "INTERRUPTED after \(count) of \(counted(maximum, "trial"))"
        case .sweepEnded: "CUT SHORT after \(count) of \(counted(maximum, "trial")), with the sweep"
        case .failed:
            "FAILED after \(count) of \(counted(maximum, "trial")): \(problem ?? "the reason is unknown")"
                + (advice.map { "; \($0)" } ?? "")
        }
    }
}

extension PrecisionTarget.Assessment {
    /// The target figure, and its interval so far.
    var text: String {
        let known = estimate.map { estimate in
            guard let lower, let upper else { return "; estimate \(estimate.fixed(1)) ms" }
            return "; estimate \(estimate.fixed(1)), 95 % interval \(lower.fixed(1)) to \(upper.fixed(1)) ms"
        }
        return "\(target)\(known ?? "")\(remark.isEmpty ? "" : "; \(remark)")"
    }
}
