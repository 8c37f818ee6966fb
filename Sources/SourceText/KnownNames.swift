// SPDX-License-Identifier: MIT-0

/// The names allowed in one place, with their values.
package struct KnownNames<Value> {
    /// The kind of thing they name, in the singular: "fault".
    package let kind: String
    package let entries: [(name: String, value: Value)]

    package init(_ kind: String, _ entries: [(name: String, value: Value)]) {
        self.kind = kind
        self.entries = entries
    }

    package init(_ kind: String, _ values: some Sequence<Value>) where Value: RawRepresentable<String> {
        self.init(kind, values.map { ($0.rawValue, $0) })
    }

    package var names: [String] { entries.map(\.name) }

    /// The value of a word that a user wrote.
    package func value(of word: String) throws(UnknownName) -> Value {
        guard let entry = entries.first(where: { $0.name == word }) else {
            throw UnknownName(kind: kind, word: word, nearest: nearest(to: word, among: names))
        }
        return entry.value
    }
}

extension KnownNames: Sendable where Value: Sendable {}

/// A word that is not one of the allowed names.
package struct UnknownName: Error, Hashable, Sendable, CustomStringConvertible {
    package var kind: String
    package var word: String
    /// The name that was probably meant.
    package var nearest: String?

    package init(kind: String, word: String, nearest: String? = nil) {
        self.kind = kind
        self.word = word
        self.nearest = nearest
    }

    package var description: String {
        "unknown \(kind) '\(word)'\(nearest.map { "; did you mean '\($0)'?" } ?? "")"
    }
}
