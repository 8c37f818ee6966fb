// SPDX-License-Identifier: MIT-0
import Report
import Testing

struct TextTableTests {
    @Test func `columns are aligned on the configured side`() {
        var table = TextTable([.init("name"), .init("ms", .right), .init("cause")])
        table.addRow(["a", "1.000", "first"])
        table.addRow(["longer", "10.5", ""])
        table.addRow(["b"])
        #expect(
            table.render() == """
                name       ms  cause
                a       1.000  first
                longer   10.5
                b

                """)
        #expect(table.rowCount == 3)
    }

    @Test func `an empty cell keeps its place`() {
        var table = TextTable([.init("a"), .init("b", .right), .init("c")])
        table.addRow(["x", "", "z"])
        table.addRow(["", "22", "z"])
        #expect(table.render() == "a   b  c\nx      z\n   22  z\n")
    }

    @Test func `a table without titles has no line for them, and one without columns no line at all`() {
        var table = TextTable([.init(""), .init("")], indent: 2)
        table.addRow(["key", "value"])
        #expect(table.render() == "  key  value\n")
        #expect(TextTable([]).render() == "")
    }

    @Test func `cells beyond the last column are not shown`() {
        var table = TextTable([.init("a")])
        table.addRow(["1", "2", "3"])
        #expect(table.render() == "a\n1\n")
    }

    @Test func `a table too wide wraps its last column`() {
        var table = TextTable([.init("k"), .init("text")], maximumWidth: 30)
        table.addRow(["1", "the quick brown fox jumps over the lazy dog"])
        #expect(
            table.render() == """
                k  text
                1  the quick brown fox jumps
                   over the lazy dog

                """)
    }

    @Test(arguments: [1, 10, 20, 40, 60, 100])
    func `no line is wider than it may be, as far as that goes`(width: Int) {
        var table = TextTable([.init("a"), .init("b"), .init("c", .right)], maximumWidth: width)
        table.addRow([
            .init(String(repeating: "x", count: 70)), .init(String(repeating: "y", count: 50)),
            .init(String(repeating: "z", count: 90)),
        ])
        // Two columns of at least 8 and a gap: narrower is not tried. Long words of texts keep up to 24.
        let limit = max(width, 34)
        let text = table.render()
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= limit })
        #expect(text.filter { $0 == "z" }.count == 90)
    }

    @Test func `a text in any column is wrapped, and a figure in none`() {
        var table = TextTable([.init("name"), .init("ms", .right), .init("why")], maximumWidth: 34)
        table.addRow(["  the quick brown fox", "1234567.125", "jumps over the lazy dog"])
        #expect(
            table.render() == """
                name                ms  why
                  the      1234567.125  jumps over
                  quick                 the lazy
                  brown                 dog
                  fox

                """)
    }

    @Test func `columns that do not fit follow below, next to those that identify the row`() {
        var table = TextTable(
            [.init("fault"), .init("for"), .init("outage", .right), .init("detect", .right), .init("p95", .right)],
            maximumWidth: 24, keyCount: 2)
        table.addRow(["kill", "1 s", "100.5", "99.25", "7"])
        table.addRow(["loss", "2 s", "3", "4", "5"])
        #expect(
            table.render() == """
                fault  for  outage
                kill   1 s   100.5
                loss   2 s       3

                fault  for  detect  p95
                kill   1 s   99.25    7
                loss   2 s       4    5

                """)
    }

    @Test func `a line is folded between words, further in, and colours take no room`() {
        let bold = Style.colour.render("bold", .strong)
        #expect(folded("  one two three\n\nshort", width: 10) == "  one two\n     three\n\nshort")
        #expect(folded("a \(bold) b", width: 8) == "a \(bold) b")
        #expect(folded("aa \(bold) bb", width: 8) == "aa \(bold)\n    bb")
        #expect(folded("abcdefghij", width: 4) == "abcd\n  ef\n  gh\n  ij")
        #expect(folded("a  b", width: 4) == "a  b")
    }

    @Test func `colour does not count as width`() {
        var table = TextTable([.init("a"), .init("b", .right)])
        table.addRow([.init("x", .bad), .init("1", .good)])
        table.addRow(["yy", "22"])
        #expect(
            table.render(.colour)
                == "\u{1B}[2ma\u{1B}[0m    \u{1B}[2mb\u{1B}[0m\n"
                + "\u{1B}[1;31mx\u{1B}[0m    \u{1B}[32m1\u{1B}[0m\nyy  22\n")
    }

    @Test func `control characters lose their power`() {
        var table = TextTable([.init("a\u{1B}b"), .init("c")])
        table.addRow([.init("x\u{1B}[31m\u{7F}"), "l1\nl2\tl3"])
        let text = table.render()
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) })
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.contains("l1 l2 l3"))
    }
}
