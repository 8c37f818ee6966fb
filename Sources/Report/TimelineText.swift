// SPDX-License-Identifier: MIT-0
package import Measurement

/// A failover or a fail-back, one line per step.
struct TimelineText {
    let timeline: Timeline

    func write(into text: inout LabelledText) {
        text.add(table)
        for anomaly in timeline.anomalies {
            text.add("anomaly", anomaly.text, .caution)
        }
    }

    private var table: TextTable {
        var table = TextTable(
            [
                .init("step"), .init("ms", .right), .init("+ms", .right), .init("stamped by"), .init("cause"),
            ], maximumWidth: LabelledText.maximumWidth)
        for step in timeline.steps {
            let name = step.name.words
            guard let since = step.sinceEvent else {
                table.addRow([.init(name), .init("-"), .init("-"), .init("-"), .init("not seen", .caution)])
                Self.addParts(of: step, to: &table)
                continue
            }
            let isEarly = step.sincePrevious.map { $0 < .zero } ?? false
            let missing = step.isPartial ? "not all were seen" : nil
            let cause = [step.cause?.text, missing, step.remark?.text].compactMap(\.self).joined(separator: "; ")
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
                .init(part.cause.map(Timeline.StepCause.event) == step.cause ? "" : part.cause?.text ?? "", .faint),
            ])
        }
    }
}

extension Timeline.StepName {
    /// For tables and sentences: "best path".
    var words: String { String(rawValue.map { $0 == "-" ? " " : $0 }) }
}

extension Timeline.Remark {
    fileprivate var text: String {
        switch self {
        case .acknowledgementReadLater: "the writer read its acknowledgement later"
        case .watcherWokeLater: "the watcher woke later"
        }
    }
}

extension Timeline.Anomaly {
    /// A sentence for people.
    package var text: String {
        switch self {
        case .outOfOrder(let step, let before, let by):
            "'\(step.rawValue)' is stamped \(by.value) ms before '\(before.rawValue)'"
        case .downBefore(let session): "session \(session.endpoint) - \(session.peer) was down before the fault"
        case .notSeenDown(let session):
            "session \(session.endpoint) - \(session.peer) was not seen to go down"
        case .otherTables(let step, let table):
            "'\(step.rawValue)' was seen for other tables, not for '\(table)'"
        }
    }
}
