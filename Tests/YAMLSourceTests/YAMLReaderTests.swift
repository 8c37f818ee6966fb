// SPDX-License-Identifier: MIT-0
import SourceText
import Testing
import YAMLSource

@Suite struct YAMLReaderTests {
    private func read(_ text: String) -> (root: YAMLNode?, findings: [String]) {
        let log = FindingLog(file: "f.yaml")
        let root = YAMLReader.read(text, log: log, subject: "the text")
        return (root, log.findings.map(\.description))
    }

    @Test func `nodes have their places, in blocks and in flows`() throws {
        let root = try #require(
            read(
                """
                steps:
                  - {at: 0ms, fault: kill}
                  - at: ~
                text: |
                  one
                """
            ).root)
        let steps = try #require(root["steps"]?.elements)
        #expect(root.position == .start)
        #expect(root.entries?.map(\.keyPosition) == [.start, SourcePosition(line: 4, column: 1)])
        #expect(steps.map(\.position) == [SourcePosition(line: 2, column: 5), SourcePosition(line: 3, column: 5)])
        #expect(steps[0]["fault"]?.text == "kill")
        #expect(steps[0]["fault"]?.position == SourcePosition(line: 2, column: 22))
        #expect(steps[1]["at"]?.kindName == "nothing")
        guard case .scalar("one", .literal) = root["text"]?.content else {
            Issue.record("\(String(describing: root["text"]))")
            return
        }
    }

    @Test func `a node with a local tag is no plain value`() throws {
        let root = try #require(read("a: !Ref X\nb: !!str 1\nc: !Join [x]").root)
        #expect(root["a"]?.tag == "Ref")
        #expect(root["a"]?.text == nil && root["a"]?.kindName == "!Ref")
        #expect(root["b"]?.tag == nil && root["b"]?.text == "1")
        #expect(root["c"]?.elements == nil)
    }

    @Test(arguments: [
        ("", "f.yaml:1:1: error: the text is empty"),
        ("a\0", "f.yaml:1:1: error: the text contains a NUL character"),
        ("a: 1\na: 2", "f.yaml:1:1: error: the same key more than once in a mapping: 'a'"),
        ("1: a\n\"1\": b", "f.yaml:1:1: error: the same key more than once in a mapping: '1'"),
        ("[1, 2]: x", "f.yaml:1:1: error: a key must be a plain name"),
    ])
    func `mistakes are reported with their place`(text: String, finding: String) {
        #expect(read(text).findings == [finding])
    }

    @Test func `a text that is not YAML is refused where it breaks off`() {
        let (root, findings) = read("a: [1,\nb: 2")
        #expect(root == nil)
        #expect(findings.count == 1)
        #expect(findings[0].hasPrefix("f.yaml:3:1: error: not valid YAML: "), "\(findings)")
    }

    @Test func `depth and number of nodes are bounded`() {
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(read(deep).findings == ["f.yaml:1:102: error: nested more than 100 levels deep"])
        let aliases = (1...6).map { level in
            "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]"
        }
        let many = (["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + aliases).joined(separator: "\n")
        #expect(read(many).findings == ["f.yaml:1:1: error: the text has more than 200000 nodes"])
    }
}
