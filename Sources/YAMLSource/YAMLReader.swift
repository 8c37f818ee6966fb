// SPDX-License-Identifier: MIT-0
package import SourceText
internal import Yams

/// Parses YAML text, and so also JSON, into nodes.
package struct YAMLReader {
    /// More nodes than any template of 1 MiB needs; aliases could multiply without limit.
    private static let maximumNodeCount = 200_000
    /// Deeper than any template, and far from the end of the stack.
    private static let maximumDepth = 100

    private let log: FindingLog
    private let subject: String
    private var nodeCount = 0

    private init(log: FindingLog, subject: String) {
        self.log = log
        self.subject = subject
    }

    /// Reads the root of the only document; nil after an error, which is then in the log.
    ///
    /// `subject` is the text's name in messages: "the template".
    package static func read(_ text: String, log: FindingLog, subject: String) -> YAMLNode? {
        // libyaml ends the text at a NUL in some places and rejects it in others; no valid input contains one.
        guard !text.utf8.contains(0) else {
            log.error(.start, "\(subject) contains a NUL character")
            return nil
        }
        let root: Node?
        do {
            // No rules: every scalar is text here, and Yams would try seven regular expressions on each key.
            root = try compose(yaml: text, .basic, .default, .utf8)
        } catch let error as YamlError {
            let (position, problem) = place(of: error)
            log.error(position, problem)
            return nil
        } catch {
            log.error(.start, "\(error)")
            return nil
        }
        guard let root else {
            log.error(.start, "\(subject) is empty")
            return nil
        }
        var reader = YAMLReader(log: log, subject: subject)
        return reader.convert(root, depth: 0)
    }

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
        let position = Self.position(node.mark)
        nodeCount += 1
        guard nodeCount <= Self.maximumNodeCount else {
            log.error(.start, "\(subject) has more than \(Self.maximumNodeCount) nodes")
            return nil
        }
        guard depth <= Self.maximumDepth else {
            log.error(position, "nested more than \(Self.maximumDepth) levels deep")
            return nil
        }
        let content: YAMLNode.Content
        let tag: Tag
        switch node {
        case .scalar(let scalar):
            (content, tag) = (Self.content(of: scalar), scalar.tag)
        case .sequence(let sequence):
            let elements = sequence.map { element in
                convert(element, depth: depth + 1) ?? Self.invalid(element)
            }
            (content, tag) = (.sequence(elements), sequence.tag)
        case .mapping(let mapping):
            (content, tag) = (.mapping(entries(of: mapping, at: position, depth: depth)), mapping.tag)
        case .alias:
            log.error(position, "an alias without an anchor")
            return nil
        }
        return YAMLNode(content: content, tag: Self.localName(of: tag), position: position)
    }

    private static func content(of scalar: Node.Scalar) -> YAMLNode.Content {
        if scalar.style == .plain {
            switch scalar.string {
            case "", "~", "null", "Null", "NULL": return .null
            default: break
            }
        }
        return switch scalar.style {
        case .literal: .scalar(scalar.string, .literal)
        case .folded: .scalar(scalar.string, .folded)
        case .any, .plain, .singleQuoted, .doubleQuoted: .scalar(scalar.string, .flow)
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping, at position: SourcePosition, depth: Int
    ) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        for (key, value) in mapping {
            let keyPosition = key.mark.map { Self.position($0) } ?? position
            guard case .scalar(let scalar) = key else {
                log.error(keyPosition, "a key must be a plain name")
                continue
            }
            let value = convert(value, depth: depth + 1) ?? Self.invalid(value)
            entries.append(YAMLNode.Entry(key: scalar.string, keyPosition: keyPosition, value: value))
        }
        return entries
    }

    private static func invalid(_ node: Node) -> YAMLNode {
        YAMLNode(content: .invalid, position: position(node.mark))
    }

    private static func localName(of tag: Tag) -> String? {
        let name = tag.rawValue
        return name.hasPrefix("!") && name != "!" ? String(name.dropFirst()) : nil
    }

    private static func position(_ mark: Mark?) -> SourcePosition {
        mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
    }

    /// The position of a YAML error, and its description in one line.
    private static func place(of error: YamlError) -> (SourcePosition, String) {
        func at(_ mark: Mark) -> SourcePosition {
            SourcePosition(line: max(1, mark.line), column: max(1, mark.column))
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let words = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
            return (at(mark), "not valid YAML: \(words)")
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0).unicodeScalars
            let line = before.count(where: { $0 == "\n" }) + 1
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            return (SourcePosition(line: line, column: column), "not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return (at(context.mark), "the same key more than once in a mapping: \(keys)")
        case .memory:
            return (.start, "not valid YAML: nested too deeply")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return (.start, "not valid YAML: \(error)")
        }
    }
}
