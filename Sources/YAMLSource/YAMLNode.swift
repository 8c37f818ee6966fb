// SPDX-License-Identifier: MIT-0
package import SourceText

/// A node of a YAML text, with its place and its tag.
package struct YAMLNode {
    package indirect enum Content {
        case scalar(String, ScalarStyle)
        /// An empty plain scalar, `null` or `~`.
        case null
        case sequence([YAMLNode])
        case mapping([Entry])
        /// Invalid, which is in the log.
        case invalid
    }

    /// How a scalar was written, as far as it affects the lines of its text.
    package enum ScalarStyle: Hashable, Sendable {
        /// Plain or quoted.
        case flow
        /// After `|`: line by line as in the file.
        case literal
        /// After `>`.
        case folded
    }

    package struct Entry {
        package var key: String
        package var keyPosition: SourcePosition
        package var value: YAMLNode
    }

    package var content: Content
    /// A local tag without its exclamation mark: `Ref` for `!Ref`.
    package var tag: String?
    package var position: SourcePosition

    /// This kind of node, in messages.
    package var kindName: String {
        if let tag { return "!\(tag)" }
        return switch content {
        case .scalar: "a value"
        case .null, .invalid: "nothing"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The keys and values of a mapping without a tag.
    package var entries: [Entry]? {
        guard tag == nil, case .mapping(let entries) = content else { return nil }
        return entries
    }

    /// The elements of a list without a tag.
    package var elements: [YAMLNode]? {
        guard tag == nil, case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// The text of a scalar without a tag.
    package var text: String? {
        guard tag == nil, case .scalar(let text, _) = content else { return nil }
        return text
    }

    package subscript(key: String) -> YAMLNode? {
        entries?.first { $0.key == key }?.value
    }
}
