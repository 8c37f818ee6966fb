// SPDX-License-Identifier: MIT-0
import Measurement
import Report
import TestSupport
import Testing
import WireFormat

/// Reports word by word, under fixtures/reports; RSLAB_UPDATE_FIXTURES=1 rewrites them.
struct TextReportTests {
    @Test(arguments: Scenario.all)
    func `a report is that of the fixture`(scenario: Scenario) throws {
        let text = try scenario.render(.plain)
        #expect(text == (try Fixture.expected(scenario.name, actual: text)))
    }

    @Test(arguments: Scenario.all)
    func `no line is wider than 100 columns or ends in a space`(scenario: Scenario) throws {
        for line in try scenario.render(.plain).split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(line.count <= 100, "\(line)")
            #expect(line.last != " ", "\(line)")
        }
    }

    @Test(arguments: Scenario.all, TestLength.isLong ? [40, 60, 80] : [40, 80])
    func `on a narrow terminal lines are folded and nothing is cut`(scenario: Scenario, width: Int) throws {
        let narrow = try scenario.render(.plain, width: width)
        let wide = try scenario.render(.plain)
        for line in narrow.split(separator: "\n") { #expect(line.count <= width || width < 80, "\(line)") }
        #expect(narrow.filter { $0 == "…" }.count == wide.filter { $0 == "…" }.count)
        func words(_ text: String) -> Set<Substring> { Set(text.split { $0 == " " || $0 == "\n" }) }
        // Long words may be broken, but figures may not.
        let figures = words(wide).filter { $0.allSatisfy { $0.isNumber || $0 == "." } }
        #expect(figures.subtracting(words(narrow)).isEmpty)
    }

    @Test(arguments: Scenario.all)
    func `colour changes nothing but the colour`(scenario: Scenario) throws {
        let coloured = try scenario.render(.colour)
        let stripped = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(coloured.contains("\u{1B}[1m"))
        #expect(stripped == (try scenario.render(.plain)))
    }

    @Test func `the answer is in the first three lines`() throws {
        let lines = try Scenario.kill.render(.plain).split(separator: "\n").prefix(3)
        #expect(lines[0].hasPrefix("outage"))
        #expect(lines[0].hasSuffix("1.0 ms  (between 0.0 and 2.0 ms; 1 of 4500 probes lost)"))
        #expect(lines[1].hasPrefix("convergence"))
        #expect(lines[2].contains("valid"))
        #expect(lines[2].contains("kill of instance-rs-az1"))
    }

    @Test func `text from a packet cannot control the terminal`() throws {
        var trial = try Scenario.kill.trial()
        trial.subject.active = "az1\u{1B}[2J\u{202E}"
        trial.subject.fault = .powerOff
        trial.validity.reasons = [.init(.notConverged) { $0.instance = "bell\u{7}\nnext\u{9B}" }]
        trial.timeline.steps[1].cause = .table("\u{1B}]0;title\u{7}")
        trial.timeline.anomalies = [.otherTables(.detected, table: "line\r\nbreak\u{85}")]
        let text = TextReport(style: .plain).render(trial)
        let obeyed = text.unicodeScalars.filter { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
        #expect(obeyed.isEmpty)
        #expect(!text.contains("\u{202E}"))
    }

    @Test func `durations at the ends of their range are printed and do not trap`() throws {
        var trial = try Scenario.kill.trial()
        for nanoseconds in [Int64.min, .max] {
            trial.outage.lower = Milliseconds(nanoseconds: nanoseconds)
            trial.outage.upper = Milliseconds(nanoseconds: nanoseconds)
            trial.fault.before.nanoseconds = nanoseconds
            trial.timeline.steps[1].sinceFault = Milliseconds(nanoseconds: nanoseconds)
            #expect(TextReport(style: .plain).render(trial).contains("9223372036854.8"))
        }
    }
}
