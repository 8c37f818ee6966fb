// SPDX-License-Identifier: MIT-0

/// Findings collected while a file is read, each stored once.
package final class FindingLog {
    private let file: String
    private var seen: Set<Finding> = []

    /// `file` is the file's name in findings.
    package init(file: String) {
        self.file = file
    }

    package func error(_ position: SourcePosition?, _ message: String) {
        add(.error, position, message)
    }

    package func warning(_ position: SourcePosition?, _ message: String) {
        add(.warning, position, message)
    }

    package func add(_ severity: Finding.Severity, _ position: SourcePosition?, _ message: String) {
        seen.insert(Finding(severity: severity, file: file, position: position, message: message))
    }

    package var hasErrors: Bool {
        seen.contains { $0.severity == .error }
    }

    /// In the order of the text; findings about the whole file come first.
    package var findings: [Finding] {
        let whole = SourcePosition(line: 0)
        return seen.sorted { ($0.position ?? whole, $0.message) < ($1.position ?? whole, $1.message) }
    }
}
