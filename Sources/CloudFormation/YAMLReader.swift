// SPDX-License-Identifier: MIT-0
import Yams

/// Turns template text (YAML, and so JSON too) into nodes.
struct YAMLReader {
    /// More nodes than any template of 1 MiB needs; aliases could multiply without end.
    static let maximumNodeCount = 200_000
    /// Deeper than any template goes, and far from the end of the stack.
    static let maximumDepth = 100

    private let log: FindingLog
    private var nodeCount = 0

    private init(log: FindingLog) {
        self.log = log
    }

    /// The root of the only document; nil after an error, which is then in the log.
    static func read(_ text: String, log: FindingLog, subject: String = "the template") -> SourceNode? {
        // libyaml ends the text at a NUL in places and rejects it in others; no template has one.
        guard !text.utf8.contains(0) else {
            log.error(.start, "\(subject) contains a NUL character")
            return nil
        }
        let root: Node?
        do {
            root = try compose(yaml: text, .default, .default, .utf8)
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
        var reader = YAMLReader(log: log)
        return reader.convert(root, depth: 0)
    }

    private mutating func convert(_ node: Node, depth: Int) -> SourceNode? {
        let position = node.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
        nodeCount += 1
        guard nodeCount <= Self.maximumNodeCount else {
            log.error(.start, "the template has more than \(Self.maximumNodeCount) nodes")
            return nil
        }
        guard depth <= Self.maximumDepth else {
            log.error(position, "nested more than \(Self.maximumDepth) levels deep")
            return nil
        }
        guard let plain = convertUntagged(node, position: position, depth: depth) else { return nil }
        return applyTag(of: node, to: plain)
    }

    private mutating func convertUntagged(_ node: Node, position: SourcePosition, depth: Int) -> SourceNode? {
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
                return SourceNode(content: .null, position: position)
            }
            let text =
                scalar.style == .literal
                ? SourcedText(block: scalar.string, header: position.line)
                : SourcedText(scalar.string, line: scalar.style == .folded ? position.line + 1 : position.line)
            return SourceNode(content: .scalar(text), position: position)
        case .sequence(let sequence):
            let elements = sequence.map { element in
                convert(element, depth: depth + 1) ?? Self.invalid(element)
            }
            return SourceNode(content: .sequence(elements), position: position)
        case .mapping(let mapping):
            return convertMapping(mapping, position: position, depth: depth)
        case .alias:
            log.error(position, "an alias that stands for nothing")
            return nil
        }
    }

    private mutating func convertMapping(
        _ mapping: Node.Mapping, position: SourcePosition, depth: Int
    ) -> SourceNode? {
        var entries: [SourceNode.Entry] = []
        for (key, value) in mapping {
            let keyPosition = key.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? position
            guard case .scalar(let scalar) = key else {
                log.error(keyPosition, "a key must be a plain name")
                continue
            }
            let value = convert(value, depth: depth + 1) ?? Self.invalid(value)
            entries.append(SourceNode.Entry(key: scalar.string, keyPosition: keyPosition, value: value))
        }
        for entry in entries where entry.key.hasPrefix("Fn::") {
            if Intrinsic(key: entry.key) == nil {
                reportUnknownFunction(entry.key, at: entry.keyPosition, form: { "Fn::\($0)" })
                return nil
            }
            guard entries.count == 1 else {
                log.error(entry.keyPosition, "\(entry.key) must be the only key of its mapping")
                return nil
            }
        }
        if entries.count == 1, let intrinsic = Intrinsic(key: entries[0].key) {
            return SourceNode(content: .function(intrinsic, entries[0].value), position: entries[0].keyPosition)
        }
        return SourceNode(content: .mapping(entries), position: position)
    }

    private static func invalid(_ node: Node) -> SourceNode {
        let position = node.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
        return SourceNode(content: .invalid, position: position)
    }

    /// Makes a function of a node with a short-form tag such as `!GetAtt`.
    private func applyTag(of node: Node, to plain: SourceNode) -> SourceNode? {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag.rawValue
            case .sequence(let sequence): sequence.tag.rawValue
            case .mapping(let mapping): mapping.tag.rawValue
            case .alias: ""
            }
        guard tag.hasPrefix("!"), tag != "!" else { return plain }
        guard let intrinsic = Intrinsic(rawValue: String(tag.dropFirst())) else {
            reportUnknownFunction(tag, at: plain.position, form: { "!\($0)" })
            return nil
        }
        return SourceNode(content: .function(intrinsic, plain), position: plain.position)
    }

    private func reportUnknownFunction(_ name: String, at position: SourcePosition, form: (String) -> String) {
        if name.hasPrefix("Fn::ForEach") {
            log.error(position, "Fn::ForEach is not supported; write the resources out")
            return
        }
        let known = Intrinsic.allCases.map { form($0.rawValue) }
        log.error(position, "unknown function '\(name)'\(suggestion(for: name, among: known))")
    }

    /// Where a YAML error lies, and what it is in one line.
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
