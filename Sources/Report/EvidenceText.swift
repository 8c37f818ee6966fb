// SPDX-License-Identifier: MIT-0
import Measurement

/// What the route server had heard of each session, and when its timer therefore had to expire.
struct EvidenceText {
    let evidence: [DetectionEvidence]

    func write(into text: inout LabelledText) {
        guard !evidence.isEmpty else { return }
        text.addBlankLine()
        text.add(table)
    }

    private var table: TextTable {
        var table = TextTable(
            [
                .init("last heard before the fault, ms"), .init("ago", .right), .init("longest gap", .right),
                .init("agreed", .right), .init("timer", .right), .init("predicted", .right), .init("down", .right),
                .init("later by", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        for some in evidence {
            let isLate = some.agreedGap.flatMap { agreed in some.longestGap.map { $0 > agreed } } ?? false
            table.addRow([
                .init("\(some.session.endpoint) - \(some.session.peer)"), .init(some.ageAtFault?.fixed(1) ?? "-"),
                .init(some.longestGap?.fixed(1) ?? "-", isLate ? .caution : .none),
                .init(some.agreedGap?.fixed(1) ?? "-"),
                .init(some.detector == .message ? "none" : some.heard.timer?.fixed(1) ?? "-"),
                .init(some.predicted?.fixed(3) ?? "-"), .init(some.detected.fixed(3)),
                .init(some.residual?.fixed(3) ?? "-"),
            ])
        }
        return table
    }
}
