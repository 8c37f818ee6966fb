// SPDX-License-Identifier: MIT-0

/// Whether text may be coloured: only for a terminal, and not with NO_COLOR set.
package enum Style: Hashable, Sendable {
    case plain, colour

    /// How to emphasize a piece of text.
    package enum Emphasis: Hashable, Sendable {
        case none, strong, faint, good, caution, bad

        /// The parameters of the SGR control function of ECMA-48.
        fileprivate var parameters: String? {
            switch self {
            case .none: nil
            case .strong: "1"
            case .faint: "2"
            case .good: "32"
            case .caution: "33"
            case .bad: "1;31"
            }
        }
    }

    package func render(_ text: String, _ emphasis: Emphasis) -> String {
        guard self == .colour, !text.isEmpty, let parameters = emphasis.parameters else { return text }
        return "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
    }
}

/// The text without anything that a terminal would interpret.
///
/// Names and causes come from templates and packets; control characters in them become U+FFFD, line breaks and tabs
/// become spaces.
func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D:
            result.append(" ")
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2028, 0x2029, 0x2066...0x2069:
            result.append("\u{FFFD}")
        default:
            result.append(scalar)
        }
    }
    return String(result)
}

/// The text with every line that is longer than `width` broken between words, and continued below, further in.
///
/// What only sets a colour has no width.
package func folded(_ text: String, width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        visibleCount(line) <= width ? String(line) : foldedLine(line, width: width)
    }.joined(separator: "\n")
}

private func foldedLine(_ line: Substring, width: Int) -> String {
    let indent = line.prefix { $0 == " " }
    let margin = String(repeating: " ", count: min(indent.count + 4, width / 2))
    var lines: [String] = []
    var current = String(indent)
    var isAtStart = true
    // Spaces stay as they are, apart from those at which a line is broken.
    for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
        let separator = isAtStart ? "" : " "
        if !isAtStart, visibleCount(current[...]) + 1 + visibleCount(word) > width {
            lines.append(current)
            current = margin + word
        } else {
            current += separator + word
        }
        isAtStart = false
        while visibleCount(current[...]) > width, !current.contains("\u{1B}") {
            lines.append(String(current.prefix(width)))
            current = margin + current.dropFirst(width)
        }
    }
    lines.append(current)
    return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
}

/// How many columns a text takes, without the sequences that `Style` makes.
private func visibleCount(_ text: Substring) -> Int {
    guard text.contains("\u{1B}") else { return text.count }
    var count = 0
    var isInSequence = false
    for character in text {
        if character == "\u{1B}" {
            isInSequence = true
        } else if isInSequence {
            isInSequence = character != "m"
        } else {
            count += 1
        }
    }
    return count
}

/// The words in lines of at most `width` characters; a longer word is broken.
///
/// At least one line, which may be empty.
func wrapped(_ text: String, width: Int) -> [String] {
    let width = max(width, 1)
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in text.split(separator: " ") {
        var rest = word
        if length > 0, length + 1 + rest.count > width {
            lines.append(line)
            (line, length) = ("", 0)
        }
        while rest.count > width {
            lines.append(String(rest.prefix(width)))
            rest = rest.dropFirst(width)
        }
        line += length > 0 ? " \(rest)" : String(rest)
        length = line.count
    }
    lines.append(line)
    return lines
}
