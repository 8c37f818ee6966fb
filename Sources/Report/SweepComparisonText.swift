// SPDX-License-Identifier: MIT-0
import Measurement

/// How the rows of a sweep differ from its first.
struct SweepComparisonText {
    let comparison: SweepComparison
    /// The columns that identify a row, by their titles.
    let titles: [String]
    /// What is in them, for each row of the sweep.
    let names: [[String]]

    func write(into text: inout LabelledText) {
        text.addBlankLine()
        let reference = names[comparison.reference].joined(separator: " ")
        text.add(
            "compared", "the \(comparison.figure.rawValue) of each round with that of \(reference), the first row")
        text.addBlankLine()
        text.add(table)
        writeTooFew(into: &text)
    }

    private var table: TextTable {
        let columns =
            titles.map { TextTable.Column($0) }
            + ["pairs", "left out", "longer by", "95 %", "p", "p (Holm)"].map { TextTable.Column($0, .right) }
            + [.init("difference")]
        var table = TextTable(columns, maximumWidth: LabelledText.maximumWidth, keyCount: titles.count)
        for row in comparison.rows {
            let interval = row.interval.map { "\(brief($0.lower)) to \(brief($0.upper))" }
            table.addRow(
                names[row.index].map { TextTable.Cell($0) } + [
                    .init("\(row.pairCount)"), .init("\(row.leftOutCount)", row.leftOutCount > 0 ? .caution : .none),
                    .init(row.shift.map(brief) ?? "-", .strong), .init(interval ?? "-"), .init(row.p.probability),
                    .init(row.adjustedP.probability),
                    .init(row.verdict.text, row.verdict == .notShown ? .none : .caution),
                ])
        }
        return table
    }

    /// What no figures could have shown.
    private func writeTooFew(into text: inout LabelledText) {
        let rows = comparison.rows.filter { $0.roundsNeeded != nil }
        guard let needed = rows.first?.roundsNeeded, let most = rows.map(\.pairCount).max() else { return }
        let which =
            rows.count == comparison.rows.count
            ? "" : "of \(rows.map { names[$0.index].joined(separator: " ") }.joined(separator: ", ")): "
        text.addBlankLine()
        text.add(
            "too few",
            "\(which)\(counted(most, "round")) can show no difference, whatever the figures are: with"
                + " \(counted(comparison.rows.count, "row")) to compare, \(needed) are needed", .caution)
    }

    /// With a sign, and as many digits as matter.
    private func brief(_ time: Milliseconds) -> String {
        let magnitude = abs(time.value)
        let text = time.fixed(magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0)
        return time > .zero ? "+\(text)" : text
    }

    static let note =
        "'Longer by' is what the rounds' differences centre on (Hodges and Lehmann) with its 95 % interval; p is the"
        + " probability of so one-sided differences if there were none (Wilcoxon's signed-rank test, two-sided), and"
        + " 'p (Holm)' is adjusted for the number of rows: up to \(SweepComparison.significance) it shows a difference. A"
        + " round is left out if one of its two trials is missing, not valid or without the figure."
}

extension SweepComparison.Verdict {
    fileprivate var text: String {
        switch self {
        case .longer: "longer"
        case .shorter: "shorter"
        case .notShown: "not shown"
        }
    }
}

extension Double? {
    /// As a probability in a table; a dash for none.
    var probability: String {
        guard let self else { return "-" }
        return self.probability
    }
}

extension Double {
    /// A probability with three decimals, and never as 0.
    var probability: String {
        self < 0.0005 ? "<0.001" : Milliseconds(self).fixed(3)
    }
}
