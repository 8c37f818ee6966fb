// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The steps of a sequence of faults and the changes of sessions and routes, in the order of time.
struct StepsText {
    let trial: Trial

    func write(into text: inout LabelledText) {
        let done = trial.steps.map { (at: $0.instants.before, cells: row(of: $0)) }
        let happened = (trial.changes ?? []).map { (at: $0.at, cells: row(of: $0)) }
        var table = TextTable(
            [
                .init("ms", .right), .init("planned", .right), .init("took", .right), .init("stamped by"),
                .init("what"),
            ], maximumWidth: LabelledText.maximumWidth)
        for row in (done + happened).sorted(by: { $0.at < $1.at }) { table.addRow(row.cells) }
        text.add(table)
    }

    private func since(_ instant: Instant) -> String {
        Milliseconds(from: trial.fault.before, to: instant).fixed(3)
    }

    /// From the first fault on, like all other times; a script may wait before it.
    private func planned(_ step: PlayedStep) -> String {
        guard let planned = step.planned, let first = trial.steps.first?.planned else { return "" }
        return (planned - first).fixed(0)
    }

    private func row(of step: PlayedStep) -> [TextTable.Cell] {
        let lasted = step.instants.uncertainty?.fixed(1) ?? "-"
        return [
            .init(since(step.instants.before), .strong), .init(planned(step)), .init(lasted), "rslab",
            .init(step.text, .strong),
        ]
    }

    private func row(of event: TraceEvent) -> [TextTable.Cell] {
        [.init(since(event.at)), "", "", .init(event.node), .init(Self.words(event))]
    }

    private static func words(_ event: TraceEvent) -> String {
        let session = "\(event.endpoint ?? "?") - \(event.peer.map { "\($0)" } ?? "?")"
        return switch event.kind {
        case .sessionDown: "session \(session) down: \(event.cause?.text ?? "no cause")"
        case .sessionEstablished: "session \(session) up"
        default:
            "table \(event.table ?? "?"): \(event.prefix.map { "\($0)" } ?? "?") "
                + (event.nextHop.map { "via \($0)" } ?? "gone") + (event.instance.map { " (\($0))" } ?? "")
        }
    }
}
