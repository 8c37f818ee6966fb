// SPDX-License-Identifier: MIT-0

/// Aligned columns for a terminal.
///
/// If a table is too wide, the texts in its last column are wrapped first, then those in the widest of the others;
/// if that is not enough, the columns that do not fit follow below, next to the columns that identify a row. Nothing is cut.
/// Rows have no trailing spaces.
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
    /// How many columns, from the left, identify a row.
    package var keyCount: Int
    private var rows: [[Cell]] = []

    private static let gap = 2
    private static let narrowestColumn = 8
    /// A word of up to this length is not broken: an address, a resource id.
    private static let longestWord = 24

    package init(_ columns: [Column], indent: Int = 0, maximumWidth: Int = 100, keyCount: Int = 1) {
        self.columns = columns
        self.indent = max(indent, 0)
        self.maximumWidth = maximumWidth
        self.keyCount = min(max(keyCount, 1), columns.count)
    }

    package var rowCount: Int { rows.count }

    /// Missing cells are empty; cells beyond the last column are not shown.
    package mutating func addRow(_ cells: [Cell]) {
        rows.append(cells)
    }

    /// The table's lines, each with a line end; a table without titles has no title line.
    ///
    /// `width` replaces `maximumWidth`.
    package func render(_ style: Style = .plain, width: Int? = nil) -> String {
        let limit = width ?? maximumWidth
        let natural = columns.indices.map(naturalWidth)
        let least = columns.indices.map { leastWidth($0, natural: natural[$0]) }
        return parts(least: least, limit: limit).map { part in
            let widths = widths(of: part, natural: natural, least: least, limit: limit)
            var text = ""
            if part.contains(where: { !columns[$0].title.isEmpty }) {
                text += render(columns.map { Cell($0.title, .faint) }, part, widths: widths, style: style)
            }
            for row in rows {
                text += render(row, part, widths: widths, style: style)
            }
            return text
        }.joined(separator: "\n")
    }

    private func texts(of column: Int) -> [String] {
        [columns[column].title] + rows.map { column < $0.count ? $0[column].text : "" }
    }

    private func naturalWidth(of column: Int) -> Int {
        texts(of: column).reduce(0) { max($0, $1.count) }
    }

    /// Figures stay on one line, and so do words that are not long.
    private func leastWidth(_ column: Int, natural: Int) -> Int {
        guard columns[column].alignment == .left else { return natural }
        let words = texts(of: column).flatMap { $0.split(separator: " ") }
        let longest = words.reduce(0) { max($0, $1.count) }
        return min(natural, max(Self.narrowestColumn, min(longest, Self.longestWord)))
    }

    /// The columns that are shown next to one another, by number: those that identify a row are in each part.
    private func parts(least: [Int], limit: Int) -> [[Int]] {
        guard columns.count > keyCount + 1 else { return columns.isEmpty ? [] : [Array(columns.indices)] }
        var parts: [[Int]] = []
        let keys = Array(0..<keyCount)
        let keysWidth = indent + keys.reduce(0) { $0 + least[$1] + Self.gap }
        var (part, used) = (keys, keysWidth)
        for column in keyCount..<columns.count {
            if part.count > keyCount, used + least[column] > limit {
                parts.append(part)
                (part, used) = (keys, keysWidth)
            }
            part.append(column)
            used += least[column] + Self.gap
        }
        return parts + [part]
    }

    /// Each column is as wide as its widest cell, reduced if the part does not fit.
    private func widths(of part: [Int], natural: [Int], least: [Int], limit: Int) -> [Int] {
        var widths = part.map { natural[$0] }
        let last = widths.count - 1
        var excess = indent + widths.reduce(0, +) + Self.gap * last - limit
        func narrow(_ index: Int, to width: Int) {
            let taken = max(0, min(excess, widths[index] - width))
            widths[index] -= taken
            excess -= taken
        }
        if columns[part[last]].alignment == .left { narrow(last, to: max(least[part[last]], 3 * Self.narrowestColumn)) }
        while excess > 0,
            let widest = widths.indices.filter({ widths[$0] > least[part[$0]] }).max(by: { widths[$0] < widths[$1] })
        {
            narrow(widest, to: widths[widest] - 1)
        }
        // A single column that is wider than the page: even a figure is broken.
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.narrowestColumn
        {
            narrow(widest, to: widths[widest] - 1)
        }
        return widths
    }

    /// The text in lines of a column's width; the spaces that it begins with begin each of them.
    private static func lines(_ text: String, width: Int) -> [String] {
        guard text.count > width else { return [text] }
        let margin = String(text.prefix { $0 == " " })
        return wrapped(text, width: width - margin.count).map { margin + $0 }
    }

    private func render(_ row: [Cell], _ part: [Int], widths: [Int], style: Style) -> String {
        let cells = part.map { $0 < row.count ? row[$0] : Cell("") }
        let lines = zip(cells, widths).map { Self.lines($0.text, width: max($1, 1)) }
        let height = lines.reduce(1) { max($0, $1.count) }
        var text = ""
        for number in 0..<height {
            var line = String(repeating: " ", count: indent)
            // Spaces are held back until something follows them.
            var pending = 0
            for (index, column) in part.enumerated() {
                let shown = number < lines[index].count ? lines[index][number] : ""
                let padding = max(widths[index] - shown.count, 0)
                if !shown.isEmpty {
                    let isRight = columns[column].alignment == .right
                    line += String(repeating: " ", count: pending + (isRight ? padding : 0))
                    line += style.render(shown, cells[index].emphasis)
                    pending = isRight ? 0 : padding
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
