// SPDX-License-Identifier: MIT-0
import SourceText
import Testing

@Suite struct FindingTests {
    @Test(arguments: [
        (SourcePosition(line: 3, column: 7), "lab.yaml:3:7: error: wrong"),
        (SourcePosition(line: 3), "lab.yaml:3: error: wrong"), (nil, "lab.yaml: error: wrong"),
    ])
    func `a finding is rendered with what is known of its place`(position: SourcePosition?, text: String) {
        let finding = Finding(severity: .error, file: "lab.yaml", position: position, message: "wrong")
        #expect(finding.description == text)
    }

    @Test func `a log has each finding once, in the order of the text`() {
        let log = FindingLog(file: "f")
        log.warning(SourcePosition(line: 2, column: 1), "doubtful")
        #expect(!log.hasErrors)
        log.error(SourcePosition(line: 10, column: 2), "late")
        log.error(SourcePosition(line: 2), "the line")
        log.error(SourcePosition(line: 10, column: 2), "late")
        log.error(nil, "whole")
        #expect(log.hasErrors)
        #expect(
            log.findings.map(\.description) == [
                "f: error: whole", "f:2: error: the line", "f:2:1: warning: doubtful", "f:10:2: error: late",
            ])
    }
}
