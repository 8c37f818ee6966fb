// SPDX-License-Identifier: MIT-0

/// Something that is wrong or doubtful in a template, with its place.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Whether the template can be deployed all the same.
    package enum Severity: String, Hashable, Sendable, Codable {
        case error, warning
    }

    package var severity: Severity
    package var file: String
    /// Both count from 1.
    package var line: Int
    package var column: Int
    package var message: String

    package init(severity: Severity, file: String, line: Int, column: Int, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: error: message`, the form that editors and CI systems link.
    package var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(message)"
    }
}

/// A template that cannot be deployed: everything found in it, in the order of the text.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one of them is an error; warnings are among them.
    package var findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }

    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}

/// A line and a column of the template, both counted from 1.
struct SourcePosition: Hashable, Comparable {
    var line: Int
    var column: Int

    static let start = SourcePosition(line: 1, column: 1)

    static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Findings while a template is read, each kept once.
final class FindingLog {
    private let file: String
    private var seen: Set<Finding> = []

    init(file: String) {
        self.file = file
    }

    func error(_ position: SourcePosition, _ message: String) {
        add(.error, position, message)
    }

    func warning(_ position: SourcePosition, _ message: String) {
        add(.warning, position, message)
    }

    func add(_ severity: Finding.Severity, _ position: SourcePosition, _ message: String) {
        seen.insert(
            Finding(
                severity: severity, file: file, line: position.line, column: position.column, message: message))
    }

    var hasErrors: Bool {
        seen.contains { $0.severity == .error }
    }

    /// In the order of the text.
    var findings: [Finding] {
        seen.sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    }
}
