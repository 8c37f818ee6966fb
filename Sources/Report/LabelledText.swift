// SPDX-License-Identifier: MIT-0

/// Paragraphs with a label to their left, at most 100 columns wide.
struct LabelledText {
    static let maximumWidth = 100
    static let labelWidth = 14

    let style: Style
    private(set) var text = ""

    init(style: Style) {
        self.style = style
    }

    /// Adds a label and its paragraph, whose further lines are indented to its beginning.
    mutating func add(_ label: String, _ body: String, _ emphasis: Style.Emphasis = .none) {
        let label = printable(label)
        let margin = max(Self.labelWidth, label.isEmpty ? 0 : label.count + 2)
        for (index, line) in wrapped(printable(body), width: Self.maximumWidth - margin).enumerated() {
            if index == 0 {
                text += style.render(label, .strong) + String(repeating: " ", count: margin - label.count)
            } else {
                text += String(repeating: " ", count: margin)
            }
            text += style.render(line, emphasis) + "\n"
        }
    }

    /// Adds a headline: a label, the answer, and a comment on it, on one line if it fits.
    mutating func addAnswer(_ label: String, _ answer: String, _ rest: String, _ emphasis: Style.Emphasis = .strong) {
        let (answer, rest) = (printable(answer), printable(rest))
        let padding = String(repeating: " ", count: max(Self.labelWidth - label.count, 1))
        text += style.render(label, .strong) + padding + style.render(answer, emphasis)
        let used = max(Self.labelWidth, label.count + 1) + answer.count + 2
        if used + rest.count <= Self.maximumWidth {
            text += rest.isEmpty ? "\n" : "  \(rest)\n"
        } else {
            text += "\n"
            add("", rest)
        }
    }

    mutating func addBlankLine() {
        text += "\n"
    }

    mutating func add(_ table: TextTable) {
        text += table.render(style)
    }

    /// Adds a paragraph across the whole width.
    mutating func addNote(_ note: String) {
        for line in wrapped(printable(note), width: Self.maximumWidth) {
            text += style.render(line, .faint) + "\n"
        }
    }
}
