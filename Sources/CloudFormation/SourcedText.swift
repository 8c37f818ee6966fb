// SPDX-License-Identifier: MIT-0

/// Text that remembers on which line of the template each of its lines stands.
///
/// User data is put together from literals, substitutions and joins; whatever is found in it must still be reported where
/// the user wrote it.
struct SourcedText: Hashable {
    struct Line: Hashable {
        var text: String
        /// The line of the template.
        var number: Int
    }

    /// The most octets that a text grows to by substitution: a template of 1 MiB is the largest CloudFormation takes.
    static let maximumLength = 1 << 20

    /// Never empty; line ends are not part of them.
    private(set) var lines: [Line]
    /// Whether `Fn::Base64` was applied; the text is kept as it was before.
    var isEncoded = false

    /// Text all of which stands on one line of the template.
    init(_ text: String, line: Int) {
        lines = Self.split(text).map { Line(text: $0, number: line) }
    }

    /// The text of a literal block (`|`) whose header stands on the given line.
    init(block text: String, header: Int) {
        lines = Self.split(text).enumerated().map { Line(text: $1, number: header + 1 + $0) }
    }

    init(lines: [Line]) {
        self.lines = lines.isEmpty ? [Line(text: "", number: 1)] : lines
    }

    var text: String {
        lines.map(\.text).joined(separator: "\n")
    }

    var utf8Count: Int {
        lines.reduce(lines.count - 1) { $0 + $1.text.utf8.count }
    }

    mutating func append(_ other: SourcedText) {
        guard let last = lines.indices.last, let first = other.lines.first else { return }
        if lines[last].text.isEmpty { lines[last].number = first.number }
        lines[last].text += first.text
        lines += other.lines.dropFirst()
    }

    private static func split(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
