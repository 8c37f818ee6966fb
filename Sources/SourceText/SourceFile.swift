// SPDX-License-Identifier: MIT-0

/// The text of a file that a user wrote, by lines.
package struct SourceFile: Sendable {
    private let lines: [Substring.UnicodeScalarView]

    package init(_ text: String) {
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The whole text.
    package var excerpt: SourceExcerpt {
        SourceExcerpt(
            lines.enumerated().map { index, line in
                let place = SourceExcerpt.Place(
                    start: SourcePosition(line: index + 1, column: 1), verbatimCount: line.count)
                return (String(line), place)
            })
    }

    /// Where a line of `text` begins that was taken from a line of this file.
    ///
    /// Variables may have been filled in and indentation removed. The column is known if both lines begin alike, apart
    /// from blanks.
    package func place(of text: String, onLine number: Int) -> SourceExcerpt.Place {
        let unknown = SourceExcerpt.Place(start: SourcePosition(line: number), verbatimCount: 0)
        guard lines.indices.contains(number - 1) else { return unknown }
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
        let blanksHere = text.unicodeScalars.prefix(while: isBlank).count
        let blanksThere = lines[number - 1].prefix(while: isBlank).count
        let here = text.unicodeScalars.dropFirst(blanksHere)
        let common = zip(here, lines[number - 1].dropFirst(blanksThere)).prefix { $0 == $1 }.count
        // Two lines that only have a quotation mark in common are a text and its quoted form.
        guard blanksThere >= blanksHere, common > 1 else { return unknown }
        return SourceExcerpt.Place(
            start: SourcePosition(line: number, column: blanksThere - blanksHere + 1),
            verbatimCount: blanksHere + common)
    }
}
