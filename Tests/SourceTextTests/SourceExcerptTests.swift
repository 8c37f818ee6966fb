// SPDX-License-Identifier: MIT-0
import SourceText
import Testing

@Suite struct SourceExcerptTests {
    private let template = SourceFile(
        """
        UserData: |
            as = 65001
              port = ${Port} # why
            "x",
        """)

    @Test func `a file's own text has its own places`() {
        let excerpt = SourceFile("a = 1\n  b = 2\n").excerpt
        #expect(excerpt.text == "a = 1\n  b = 2\n")
        #expect(excerpt.start == .start)
        #expect(excerpt.position(line: 2, column: 3) == SourcePosition(line: 2, column: 3))
        #expect(excerpt.position(line: 3, column: 1) == SourcePosition(line: 3, column: 1))
        #expect(excerpt.position(line: 9, column: 1) == SourcePosition(line: 4))
    }

    @Test func `a line that lost its indentation is found again, as far as it is what was written`() {
        let excerpt = SourceExcerpt([
            ("as = 65001", template.place(of: "as = 65001", onLine: 2)),
            ("  port = 179 # why", template.place(of: "  port = 179 # why", onLine: 3)),
        ])
        #expect(excerpt.position(line: 1, column: 6) == SourcePosition(line: 2, column: 10))
        #expect(excerpt.position(line: 2, column: 3) == SourcePosition(line: 3, column: 7))
        // Behind what was filled in, only the line is known.
        #expect(excerpt.position(line: 2, column: 14) == SourcePosition(line: 3))
    }

    @Test func `a line that was changed has no column`() {
        for (text, line) in [("\"a\"", 4), ("port", 2), ("anything", 99), ("", 1), ("anything", 0)] {
            #expect(template.place(of: text, onLine: line).start == SourcePosition(line: line))
        }
    }

    @Test func `lines are appended with their places`() {
        var excerpt = SourceExcerpt("", line: 7)
        #expect(excerpt.start == SourcePosition(line: 7))
        excerpt.append(lines: [("a", .init(start: SourcePosition(line: 8, column: 5), verbatimCount: 1))])
        excerpt.append(lines: [("b", .init(start: SourcePosition(line: 20, column: 3), verbatimCount: 1))])
        #expect(excerpt.text == "a\nb\n")
        #expect(excerpt.start == SourcePosition(line: 8, column: 5))
        #expect(excerpt.position(line: 2, column: 1) == SourcePosition(line: 20, column: 3))
        #expect(excerpt.position(line: 3, column: 1) == SourcePosition(line: 21))
    }
}
