// SPDX-License-Identifier: MIT-0
package import Measurement
import WireFormat

/// A measured sequence of faults: what was done, what was lost, and who served when.
struct SequenceText {
    let trial: SequenceTrial

    func write(into text: inout LabelledText) {
        let longest = trial.losses.compactMap(\.upper).max()
        text.addAnswer(
            "lost", "\(trial.lostCount) of \(trial.counts.sent) probes",
            trial.losses.isEmpty
                ? "(no loss period)"
                : "(in \(trial.losses.count) \(trial.losses.count == 1 ? "period" : "periods")"
                    + (longest.map { ", the longest of at most \($0.fixed(1)) ms)" } ?? ")"))
        text.addAnswer(
            "trial \(trial.number)", trial.validity.isValid ? "valid" : "INVALID",
            "(a sequence of \(trial.steps.count) steps: \(trial.expectation))")
        text.addBlankLine()
        writeSteps(into: &text)
        text.addBlankLine()
        writeLosses(into: &text)
        for period in trial.servingPeriods {
            text.add(
                period == trial.servingPeriods.first ? "answered by" : "",
                "\(period.instance ?? "an unknown instance"), from \(since(period.firstReplyAt)) to"
                    + " \(since(period.lastReplyAt)) ms (\(period.replyCount) replies)")
        }
        for reason in trial.validity.reasons {
            text.add("INVALID", "\(reason.text) [\(reason.doubt.rawValue)]", .caution)
        }
    }

    private func since(_ instant: Instant) -> String { Milliseconds(from: trial.start, to: instant).fixed(3) }

    /// What was done and what happened, in one order.
    private func writeSteps(into text: inout LabelledText) {
        var rows: [(at: Instant, cells: [TextTable.Cell])] = []
        for step in trial.steps {
            let lasted = step.instants.after.map { Milliseconds(from: step.instants.before, to: $0).fixed(1) } ?? "-"
            rows.append(
                (
                    step.instants.before,
                    [
                        "\(since(step.instants.before))", "\(step.planned.fixed(0))", "\(lasted)", "rslab",
                        "\(step.text)",
                    ]
                ))
        }
        for event in trial.events {
            rows.append((event.at, ["\(since(event.at))", "", "", "\(event.node)", "\(Self.words(event))"]))
        }
        var table = TextTable([
            .init("ms", .right), .init("planned", .right), .init("took", .right), .init("stamped by"), .init("what"),
        ])
        for row in rows.sorted(by: { $0.at < $1.at }) { table.addRow(row.cells) }
        text.add(table)
    }

    private static func words(_ event: TraceEvent) -> String {
        let session = "\(event.endpoint ?? "?") - \(event.peer.map { "\($0)" } ?? "?")"
        return switch event.kind {
        case .sessionDown: "session \(session) down: \(event.cause ?? "no cause")"
        case .sessionEstablished: "session \(session) up"
        default:
            "table \(event.table ?? "?"): \(event.prefix.map { "\($0)" } ?? "?") "
                + (event.nextHop.map { "via \($0)" } ?? "gone") + (event.instance.map { " (\($0))" } ?? "")
        }
    }

    private func writeLosses(into text: inout LabelledText) {
        for (number, loss) in trial.losses.enumerated() {
            let bracket =
                loss.upper.map { "between \(loss.lower.fixed(1)) and \($0.fixed(1)) ms" }
                ?? "at least \(loss.lower.fixed(1)) ms"
            text.add(
                number == 0 ? "loss" : "",
                "from \(loss.sinceStart.fixed(3)) ms: \(loss.period.lostCount) lost, \(bracket);"
                    + " \(loss.servedBefore ?? "nobody") served before, \(loss.servedAfter ?? "nobody") after")
        }
    }
}

extension TextReport {
    package func render(_ trial: SequenceTrial) -> String {
        var text = LabelledText(style: style)
        SequenceText(trial: trial).write(into: &text)
        return text.text
    }
}
