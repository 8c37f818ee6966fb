// SPDX-License-Identifier: MIT-0

/// Paragraphs with a label to their left, at most 100 columns wide.
struct LabelledText {
    static let maximumWidth = 100
    static let labelWidth = 14

    let style: Style
    /// The columns of the terminal; nil without one.
    let terminalWidth: Int?
    private(set) var text = ""

    init(style: Style, width: Int?) {
        self.style = style
        terminalWidth = width
    }

    private var width: Int { min(terminalWidth ?? Self.maximumWidth, Self.maximumWidth) }

    /// Adds a label and its paragraph, whose further lines are indented to its beginning.
    mutating func add(_ label: String, _ body: String, _ emphasis: Style.Emphasis = .none) {
        let label = printable(label)
        let margin = max(Self.labelWidth, label.isEmpty ? 0 : label.count + 2)
        for (index, line) in wrapped(printable(body), width: width - margin).enumerated() {
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
        if used + rest.count <= width {
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
        text += table.render(style, width: terminalWidth)
    }

    /// Adds a paragraph across the whole width.
    mutating func addNote(_ note: String) {
        for line in wrapped(printable(note), width: width) {
            text += style.render(line, .faint) + "\n"
        }
    }
}
