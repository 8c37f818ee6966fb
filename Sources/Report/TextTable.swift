// SPDX-License-Identifier: MIT-0

/// Aligned columns for a terminal.
///
/// If a table is too wide, its last column is wrapped first, then the widest of the others is cut. Rows have no
/// trailing spaces.
package struct TextTable: Sendable {
    package struct Column: Hashable, Sendable {
        package enum Alignment: Hashable, Sendable {
            case left, right
        }

        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = printable(title)
            self.alignment = alignment
        }
    }

    package struct Cell: Hashable, Sendable, ExpressibleByStringInterpolation {
        package var text: String
        package var emphasis: Style.Emphasis

        /// Control characters in `text` are made harmless.
        package init(_ text: String, _ emphasis: Style.Emphasis = .none) {
            self.text = printable(text)
            self.emphasis = emphasis
        }

        package init(stringLiteral value: String) {
            self.init(value)
        }
    }

    package let columns: [Column]
    package var indent: Int
    /// In characters, including the indent.
    package var maximumWidth: Int
    private var rows: [[Cell]] = []

    private static let gap = 2
    private static let narrowestColumn = 8

    package init(_ columns: [Column], indent: Int = 0, maximumWidth: Int = 100) {
        self.columns = columns
        self.indent = max(indent, 0)
        self.maximumWidth = maximumWidth
    }

    package var rowCount: Int { rows.count }

    /// Missing cells are empty; cells beyond the last column are not shown.
    package mutating func addRow(_ cells: [Cell]) {
        rows.append(cells)
    }

    /// The table's lines, each with a line end; a table without titles has no title line.
    package func render(_ style: Style = .plain) -> String {
        let widths = widths()
        var text = ""
        if columns.contains(where: { !$0.title.isEmpty }) {
            text += render(columns.map { Cell($0.title, .faint) }, widths: widths, style: style)
        }
        for row in rows {
            text += render(row, widths: widths, style: style)
        }
        return text
    }

    /// Each column is as wide as its widest cell, reduced if the table does not fit.
    private func widths() -> [Int] {
        var widths = columns.enumerated().map { index, column in
            rows.reduce(column.title.count) { widest, row in
                max(widest, index < row.count ? row[index].text.count : 0)
            }
        }
        guard let last = widths.indices.last else { return widths }
        var excess = indent + widths.reduce(0, +) + Self.gap * last - maximumWidth
        let fromLast = min(excess, widths[last] - min(widths[last], 3 * Self.narrowestColumn))
        if fromLast > 0 {
            widths[last] -= fromLast
            excess -= fromLast
        }
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.narrowestColumn
        {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func render(_ row: [Cell], widths: [Int], style: Style) -> String {
        guard let last = columns.indices.last else { return "" }
        let tail = wrapped(
            row.count > last ? row[last].text : "", width: max(widths[last], 1))
        var text = ""
        for (number, tailLine) in tail.enumerated() {
            var line = String(repeating: " ", count: indent)
            // Spaces are held back until something follows them.
            var pending = 0
            for (index, column) in columns.enumerated() {
                let cell = index < row.count ? row[index] : Cell("")
                let full = index == last ? tailLine : (number == 0 ? cell.text : "")
                let shown =
                    full.count > widths[index] ? "\(full.prefix(max(widths[index] - 1, 0)))…" : full
                let padding = widths[index] - shown.count
                if !shown.isEmpty {
                    let before = pending + (column.alignment == .right ? padding : 0)
                    line += String(repeating: " ", count: before) + style.render(shown, cell.emphasis)
                    pending = column.alignment == .right ? 0 : padding
                } else {
                    pending += widths[index]
                }
                pending += Self.gap
            }
            while line.last == " " {
                line.removeLast()
            }
            text += line + "\n"
        }
        return text
    }
}
