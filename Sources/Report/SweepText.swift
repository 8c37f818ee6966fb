// SPDX-License-Identifier: MIT-0
package import Measurement

/// The report of a sweep: one row per combination.
struct SweepText {
    let sweep: Sweep

    func write(into text: inout LabelledText) {
        writeAnswer(into: &text)
        text.addBlankLine()
        text.add(table())
        writeAdvantages(into: &text)
        let comparison = sweep.comparison
        if let comparison {
            SweepComparisonText(
                comparison: comparison, titles: labels.map(\.title), names: sweep.combinations.map(names)
            ).write(into: &text)
        }
        writeLargestDifference(into: &text)
        writeFits(into: &text)
        writePrecision(into: &text)
        writeInvalid(into: &text)
        writeBudgets(into: &text)
        text.addBlankLine()
        let first = sweep.combinations.lazy.compactMap(\.run.settings).first
        RunText.writeSettings(first?.probing, seed: sweep.seed, into: &text)
        text.add("", "each round takes every combination once, in an order drawn from the seed")
        RunText.writeMachine(sweep.environment, into: &text)
        text.addBlankLine()
        text.addNote(
            "Milliseconds. 'Outage' is the median of the brackets' middles and '95 %' its interval; 'detect', 'conv' and"
                + " 'back', the time from the restore to the failed instance serving again, are medians. 'Theory' is what"
                + " the timers allow detection to take, give or take"
                + " \(ExpectedWindow.usualAllowance.short); 'inside' counts the trials whose detection and outage are both"
                + " inside what theory allows.")
        if comparison != nil { text.addNote(SweepComparisonText.note) }
        text.addNote(RunText.statisticsNote)
    }

    /// Without any trial, the text mentions no sequence.
    private var isPredicted: Bool {
        sweep.combinations.lazy.compactMap(\.run.trials.first).first?.isPredicted ?? true
    }

    private func writeAnswer(into text: inout LabelledText) {
        let outside = sweep.combinations.reduce(0) { $0 + $1.run.insideExpected.outside }
        let theory =
            !isPredicted
            ? "not predicted"
            : outside == 0 ? "inside what theory allows" : "theory does not allow \(outside) of the trials"
        let isSound = sweep.validCount == sweep.trialCount && sweep.validCount > 0
        text.addAnswer(
            "sweep", "\(sweep.validCount) of \(counted(sweep.trialCount, "trial")) valid",
            "(\(counted(sweep.combinations.count, "combination")); \(theory))",
            isSound ? (outside == 0 ? .good : .caution) : .bad)
        if sweep.ended.isPremature {
            text.add("ended", sweep.ended.text(after: sweep.trialCount), .bad)
        }
    }

    // MARK: The table

    /// The settings in which the combinations differ; always the fault.
    private var labels: [(title: String, value: (Sweep.Settings) -> String)] {
        let all: [(String, (Sweep.Settings) -> String)] = [
            (isPredicted ? "fault" : "script", { $0.fault?.rawValue ?? $0.script ?? "-" }),
            ("speaker", { $0.speaker ?? "-" }),
            ("bfd", { $0.bfd ?? "-" }),
            ("hold", { $0.hold.map { "\($0) s" } ?? "-" }),
            ("for", { $0.duration?.text ?? "-" }),
        ]
        return all.enumerated().filter { index, label in
            index == 0 || Set(sweep.combinations.map { label.1($0.settings) }).count > 1
        }.map { ($0.element.0, $0.element.1) }
    }

    private func table() -> TextTable {
        let labels = labels
        let hasBudgets = sweep.combinations.contains { !$0.run.budgets.isEmpty }
        var columns = labels.map { TextTable.Column($0.title) }
        columns += ["valid", "outage", "95 %", "p95", "max", "detect", "conv", "back", "theory", "inside"]
            .map { TextTable.Column($0, .right) }
        // Where some faults move the traffic and others do not, which ones is the answer.
        let hasMoves = Set(sweep.combinations.flatMap { $0.run.trials.map { $0.convergence != nil } }).count > 1
        if hasMoves { columns.insert(.init("moved", .right), at: labels.count + 1) }
        if hasBudgets { columns.append(.init("budget")) }
        // Figures must not be cut off, so this table may be wider than the others.
        var table = TextTable(
            columns, maximumWidth: 2 * LabelledText.maximumWidth, keyCount: labels.count)
        for combination in sweep.combinations {
            var row = names(of: combination).map { TextTable.Cell($0) }
            row += figures(of: combination.run)
            if hasMoves { row.insert(moves(of: combination.run), at: labels.count + 1) }
            if hasBudgets { row.append(verdict(of: combination.run)) }
            table.addRow(row)
        }
        return table
    }

    private func figures(of run: Run) -> [TextTable.Cell] {
        let summary = run.summary
        let outage = summary.outage
        let inside = run.insideExpected
        let isValid = summary.validCount == summary.trialCount && summary.validCount > 0
        let window = run.trials.first?.expectedDetection.window
        return [
            .init("\(summary.validCount)/\(summary.trialCount)", isValid ? .none : .bad),
            .init(brief(outage?.median), .strong),
            .init(outage?.medianInterval.map { "\(brief($0.lower))-\(brief($0.upper))" } ?? "-"),
            .init(brief(outage?.percentile95)), .init(brief(outage?.maximum)),
            .init(brief(summary.detection?.median)), .init(brief(summary.convergence?.median)),
            .init(brief(summary.failBack?.median)),
            .init(isPredicted ? window.map(brief) ?? "-" : "-"),
            isPredicted
                ? .init("\(inside.overall)/\(inside.count)", inside.outside == 0 ? .none : .caution) : "-",
        ]
    }

    /// In how many of the valid trials the standby took over.
    private func moves(of run: Run) -> TextTable.Cell {
        let valid = run.validTrials
        return .init("\(valid.count { $0.convergence != nil })/\(valid.count)")
    }

    private func verdict(of run: Run) -> TextTable.Cell {
        guard !run.budgets.isEmpty || !run.brokenPromises.isEmpty else { return "-" }
        let outcome = run.brokenPromises.isEmpty ? BudgetText.outcome(of: run.budgets) : .missed
        return .init(BudgetText.word(outcome), BudgetText.emphasis(outcome))
    }

    /// With as many digits as a table of many columns has room for: one decimal below 100 ms, none above.
    private func brief(_ value: Double?) -> String {
        guard let value else { return "-" }
        let rounded = Milliseconds(value)
        guard abs(value) < 99.95 else { return rounded.fixed(0) }
        return value == 0 ? "0" : rounded.fixed(1)
    }

    private func brief(_ window: ExpectedWindow) -> String {
        guard let upper = window.upper else { return "any" }
        return window.lower == upper ? brief(upper.value) : "\(brief(window.lower.value))-\(brief(upper.value))"
    }

    // MARK: Below it

    /// Where speakers are compared, what rslab's own has that the others have not.
    private func writeAdvantages(into text: inout LabelledText) {
        let speakers = Set(sweep.combinations.compactMap(\.settings.speaker))
        guard speakers.contains("builtin"), speakers.count > 1 else { return }
        text.addBlankLine()
        text.add(
            "not alike",
            "builtin has advantages that the other speakers do not get: its BFD runs under SCHED_FIFO, and it unmaps its"
                + " program's pages when idle, so that it closes its sockets sooner when killed. The route server is"
                + " rslab's own in every row.")
    }

    /// The figure in which the combinations differ most, whether or not it has a column.
    private func writeLargestDifference(into text: inout LabelledText) {
        guard let difference = LargestDifference(among: sweep.combinations.map(\.run.summary)) else { return }
        let names = [difference.least, difference.greatest].map { name(of: sweep.combinations[$0.index]) }
        text.addBlankLine()
        text.add(
            "differs most",
            "\(difference.figure.text): \(brief(difference.least.median)) ms (\(names[0])) to"
                + " \(brief(difference.greatest.median)) ms (\(names[1]))")
    }

    /// How each combination's detection times are distributed.
    private func writeFits(into text: inout LabelledText) {
        let fits = sweep.combinations.compactMap { combination in
            DetectionFitText.sentence(of: combination.run).map { (name(of: combination), $0) }
        }
        guard !fits.isEmpty else { return }
        text.addBlankLine()
        for (name, fit) in fits { text.add("distribution", "\(name): \(fit.text)", fit.emphasis) }
    }

    private func writePrecision(into text: inout LabelledText) {
        let assessed = sweep.combinations.filter { $0.run.precision != nil }
        guard !assessed.isEmpty else { return }
        text.addBlankLine()
        for combination in assessed {
            guard let precision = combination.run.precision else { continue }
            text.add(
                "until",
                "\(name(of: combination)): \(precision.isReached ? "reached" : "NOT REACHED"), \(precision.text)",
                precision.isReached ? .good : .caution)
        }
    }

    /// How many trials of each combination have which doubt; the JSON has each trial's own reasons.
    private func writeInvalid(into text: inout LabelledText) {
        let doubtful = sweep.combinations.filter { $0.run.validTrials.count < $0.run.trials.count }
        guard !doubtful.isEmpty else { return }
        text.addBlankLine()
        for combination in doubtful {
            let invalid = combination.run.trials.filter { !$0.validity.isValid }
            let doubts = Validity.Doubt.allCases.compactMap { doubt in
                let count = invalid.count { $0.validity.reasons.contains { $0.doubt == doubt } }
                return count == 0 ? nil : "\(doubt.rawValue) \(count)"
            }
            text.add(
                "INVALID",
                "\(name(of: combination)): \(counted(invalid.count, "trial")): \(doubts.joined(separator: ", "))",
                .bad)
        }
    }

    private func writeBudgets(into text: inout LabelledText) {
        let judged = sweep.combinations.filter { !$0.run.budgets.isEmpty || !$0.run.brokenPromises.isEmpty }
        guard !judged.isEmpty else { return }
        text.addBlankLine()
        for combination in judged {
            for verdict in combination.run.budgets where !verdict.isMet {
                text.add(
                    "budget",
                    "\(BudgetText.word(verdict.outcome)): \(name(of: combination)):"
                        + " \(BudgetText(verdict: verdict).sentence)", BudgetText.emphasis(verdict.outcome))
            }
            let broken = combination.run.brokenPromises
            if !broken.isEmpty {
                text.add(
                    "promise",
                    "BROKEN: \(name(of: combination)) must lose nothing, but \(counted(broken.count, "trial")) lost"
                        + " \(counted(broken.reduce(0) { $0 + $1.outage.lostCount }, "probe"))", .bad)
            }
        }
        let missed = judged.count { $0.run.budgets.contains { !$0.isMet } }
        if missed == 0, sweep.combinations.contains(where: { !$0.run.budgets.isEmpty }) {
            text.add("budget", "met by all combinations", .good)
        }
    }

    private func name(of combination: Sweep.Combination) -> String {
        names(of: combination).joined(separator: " ")
    }

    /// The settings in which it differs; the last one with the number of a repetition.
    private func names(of combination: Sweep.Combination) -> [String] {
        var names = labels.map { $0.value(combination.settings) }
        if let number = combination.settings.repetition { names[names.count - 1] += " (\(number))" }
        return names
    }
}

extension Sweep.Settings {
    /// For a progress line: "freeze bird 50msx3 hold 9 s".
    package var text: String {
        [
            fault?.rawValue ?? script, speaker, bfd, hold.map { "hold \($0) s" }, duration.map { "for \($0.text)" },
            repetition.map { "(\($0))" },
        ]
        .compactMap(\.self).joined(separator: " ")
    }
}

extension LargestDifference.Figure {
    fileprivate var text: String {
        switch self {
        case .outage: "outage"
        case .allOutages: "all outages of a trial"
        case .convergence: "convergence"
        case .detection: "detection"
        case .failBack: "fail-back"
        case .failBackOutage: "outage of the fail-back"
        case .tcpStall: "TCP stall"
        case .udpStall: "UDP stall"
        }
    }
}
