// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The outcome of the probes: how many, how late, how many lost, how fast.
struct ProbeText {
    let trial: Trial

    private static let shownPeriodCount = 8
    /// The loss periods are a sequence's result; the JSON has those that are left out.
    static let shownPeriodCountOfSequence = 40

    func write(into text: inout LabelledText) {
        writeCounts(into: &text)
        writeLateness(into: &text)
        writePeriods(into: &text)
        Self.writePattern(of: trial.outage, into: &text)
    }

    private func writeCounts(into text: inout LabelledText) {
        let counts = trial.counts
        let probing = trial.settings.probing
        var sentence = "\(counts.sent) sent, one every \(probing.interval.short), lost if not answered in"
        sentence +=
            " \(probing.forwardingDelayThreshold.short)\(probing.derivesThreshold ? " (by the round trips before)" : "")"
        sentence += "; \(counts.answered) answered, \(counts.lost) lost"
        sentence += counts.late > 0 ? " (\(counts.late) answered later)" : ""
        if counts.undecided > 0 {
            sentence += ", \(counts.undecided) not waited for"
        }
        sentence += "; \(counted(counts.duplicates, "duplicate")), \(counts.reordered) reordered"
        if counts.unreachable > 0 {
            sentence += "; \(counted(counts.unreachable, "ICMP error"))"
        }
        text.add("probes", sentence)
    }

    private func writeLateness(into text: inout LabelledText) {
        guard let lateness = trial.lateness else { return }
        var late = "at most \(lateness.maximum.short), \(lateness.percentile99.short) at the 99th percentile"
        if let prober = trial.prober {
            late += prober.hadRealTimePriority ? "; real-time priority" : "; WITHOUT real-time priority"
            late += prober.hadLockedMemory ? ", memory locked" : ", memory NOT locked"
        }
        text.add("lateness", late)
    }

    private func writePeriods(into text: inout LabelledText) {
        let outage = trial.outage
        if outage.lostCount > 0 {
            let which = trial.isOfLongestPeriod ? "is the longest's" : "spans them all, one is expected"
            text.add(
                "loss-derived",
                "\(outage.lossDerived.short) in \(counted(outage.eventPeriods.count, "loss period"))"
                    + (outage.eventPeriods.count > 1 ? ": the bracket \(which)" : ""))
        }
        let isListed = outage.periods.count > 1 || outage.periods.contains { $0.attribution != .fault }
        guard isListed || !trial.isPredicted else { return }
        let shownCount = trial.isPredicted ? Self.shownPeriodCount : Self.shownPeriodCountOfSequence
        for period in outage.periods.prefix(shownCount) {
            let start = Milliseconds(from: trial.fault.before, to: period.firstLostAt).fixed(3)
            let upper = period.upper.map { "\($0.fixed(1)) ms" } ?? "no end seen"
            text.add(
                "",
                "from \(start) ms: \(period.lostCount) lost, between \(period.lower.fixed(1)) and \(upper);"
                    + " \(trial.isPredicted ? Self.owner(of: period) : Self.servers(around: period))")
        }
        if outage.periods.count > shownCount {
            text.add("", "and \(counted(outage.periods.count - shownCount, "more period"))")
        }
    }

    private static func owner(of period: LossPeriod) -> String {
        switch period.attribution {
        case .beforeFault: "before the event"
        case .fault: "the event's"
        case .afterConvergence: "after convergence"
        }
    }

    private static func servers(around period: LossPeriod) -> String {
        let served = "\(period.servedBefore ?? "none") served before, \(period.servedAfter ?? "none") after"
        return switch period.attribution {
        case .beforeFault: "\(served); before the first fault"
        case .fault: served
        case .afterConvergence: "\(served); after everything was back to normal"
        }
    }

    /// RFC 3357's statistics, if a probe was lost.
    static func writePattern(of outage: Outage, into text: inout LabelledText) {
        let pattern = outage.pattern
        guard let rate = pattern.noticeableRate else { return }
        var sentence = "\(counted(pattern.periodLengths.count, "loss period")), \(list(pattern.periodLengths))"
        sentence += pattern.lostCount == 1 ? " probe long" : " probes long"
        if !pattern.interLossPeriodLengths.isEmpty {
            sentence += ", \(list(pattern.interLossPeriodLengths)) probes apart"
        }
        sentence += "; noticeable at delta \(pattern.constraint): \(fixed(rate * 100)) % of the losses"
        text.add("loss pattern", "\(sentence) (RFC 3357)")
    }

    /// A few numbers in full, many as a range.
    private static func list(_ numbers: [Int]) -> String {
        guard numbers.count > shownPeriodCount, let least = numbers.min(), let greatest = numbers.max() else {
            let words = numbers.map { "\($0)" }
            guard let last = words.last, words.count > 1 else { return words.first ?? "" }
            return words.dropLast().joined(separator: ", ") + " and \(last)"
        }
        return "\(least) to \(greatest)"
    }

    /// A table of its own, unless no probe was answered.
    func writeRoundTrips(into text: inout LabelledText) {
        let rows = [
            ("before", trial.roundTrips.before), ("during", trial.roundTrips.during),
            ("after", trial.roundTrips.after), ("fail-back", trial.roundTrips.failBack),
        ]
        guard rows.contains(where: { $0.1 != nil }) else { return }
        var table = TextTable(
            [
                .init("round trips, µs"), .init("n", .right), .init("min", .right), .init("p50", .right),
                .init("p90", .right), .init("p99", .right), .init("p99.9", .right), .init("max", .right),
                .init("stamps"),
            ], maximumWidth: LabelledText.maximumWidth)
        for (name, some) in rows {
            guard let some else {
                table.addRow([.init(name), "0"])
                continue
            }
            let own = some.count - some.kernelStampedCount
            table.addRow([
                .init(name), .init("\(some.count)"), .init(fixed(some.minimum)),
                .init(fixed(some.percentile50), .strong),
                .init(fixed(some.percentile90)), .init(fixed(some.percentile99)), .init(fixed(some.percentile999)),
                .init(fixed(some.maximum)),
                own == 0
                    ? "kernel to kernel" : .init("\(own) from the prober's own send stamp to the kernel's", .caution),
            ])
        }
        text.addBlankLine()
        text.add(table)
    }
}
