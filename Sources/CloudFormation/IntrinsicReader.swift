// SPDX-License-Identifier: MIT-0
import SourceText
import YAMLSource

/// Tells intrinsic functions apart from mappings and values.
struct IntrinsicReader {
    private let log: FindingLog

    /// The root of a template's text; nil after an error, which is then in the log.
    static func read(_ text: String, log: FindingLog) -> SourceNode? {
        guard let root = YAMLReader.read(text, log: log, subject: "the template") else { return nil }
        return IntrinsicReader(log: log).convert(root)
    }

    private func convert(_ node: YAMLNode) -> SourceNode? {
        guard let plain = convertUntagged(node) else { return nil }
        guard let tag = node.tag else { return plain }
        guard let intrinsic = Intrinsic(rawValue: tag) else {
            reportUnknownFunction("!\(tag)", at: plain.position, form: { "!\($0)" })
            return nil
        }
        return SourceNode(content: .function(intrinsic, plain), position: plain.position)
    }

    private func convertUntagged(_ node: YAMLNode) -> SourceNode? {
        let content: SourceNode.Content
        switch node.content {
        case .null: content = .null
        case .invalid: content = .invalid
        case .scalar(let text, .literal): content = .scalar(SourcedText(block: text, header: node.position.line))
        case .scalar(let text, .folded): content = .scalar(SourcedText(text, line: node.position.line + 1))
        case .scalar(let text, .flow): content = .scalar(SourcedText(text, line: node.position.line))
        case .sequence(let elements): content = .sequence(elements.map(convertOrReject))
        case .mapping(let entries): return convert(entries, at: node.position)
        }
        return SourceNode(content: content, position: node.position)
    }

    private func convertOrReject(_ node: YAMLNode) -> SourceNode {
        convert(node) ?? SourceNode(content: .invalid, position: node.position)
    }

    /// A mapping, or the function that its only key names; nil where its keys are no such thing.
    private func convert(_ entries: [YAMLNode.Entry], at position: SourcePosition) -> SourceNode? {
        let entries = entries.map {
            SourceNode.Entry(key: $0.key, keyPosition: $0.keyPosition, value: convertOrReject($0.value))
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

    private func reportUnknownFunction(_ name: String, at position: SourcePosition, form: (String) -> String) {
        if name.hasPrefix("Fn::ForEach") {
            log.error(position, "Fn::ForEach is not supported; write the resources out")
            return
        }
        let known = Intrinsic.allCases.map { form($0.rawValue) }
        log.error(position, "unknown function '\(name)'\(suggestion(for: name, among: known))")
    }
}
