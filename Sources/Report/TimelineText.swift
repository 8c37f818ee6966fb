// SPDX-License-Identifier: MIT-0
import Measurement

/// A failover or a fail-back, one line per step.
struct TimelineText {
    let timeline: Timeline

    func write(into text: inout LabelledText) {
        text.add(table)
        for anomaly in timeline.anomalies {
            text.add("anomaly", anomaly, .caution)
        }
    }

    private var table: TextTable {
        var table = TextTable(
            [
                .init("step"), .init("ms", .right), .init("+ms", .right), .init("stamped by"), .init("cause"),
            ], maximumWidth: LabelledText.maximumWidth)
        for step in timeline.steps {
            let name = step.name.rawValue.map { $0 == "-" ? " " : String($0) }.joined()
            guard let since = step.sinceEvent else {
                table.addRow([.init(name), .init("-"), .init("-"), .init("-"), .init("not seen", .caution)])
                Self.addParts(of: step, to: &table)
                continue
            }
            let isEarly = step.sincePrevious.map { $0 < .zero } ?? false
            let missing = step.isPartial ? "not all were seen" : nil
            let cause = [step.cause, missing, step.remark].compactMap(\.self).joined(separator: "; ")
            table.addRow([
                .init(name, .strong), .init(since.fixed(3), .strong),
                .init(step.sincePrevious?.fixed(3) ?? "", isEarly ? .caution : .none), .init(step.stampedBy ?? "-"),
                .init(cause),
            ])
            Self.addParts(of: step, to: &table)
        }
        return table
    }

    /// The parts of a step, unless the only one says no more than the step itself.
    private static func addParts(of step: Timeline.Step, to table: inout TextTable) {
        guard step.parts.count > 1 || step.parts.first?.at != step.at else { return }
        for part in step.parts {
            table.addRow([
                .init("  \(part.name)", .faint), .init(part.sinceEvent?.fixed(3) ?? "-", .faint), "",
                .init(part.stampedBy == step.stampedBy ? "" : part.stampedBy, .faint),
                .init(part.cause == step.cause ? "" : part.cause ?? "", .faint),
            ])
        }
    }
}
