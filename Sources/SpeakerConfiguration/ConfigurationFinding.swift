// SPDX-License-Identifier: MIT-0

/// Something that is wrong or without effect in a speaker's configuration, with its place.
package struct ConfigurationFinding: Hashable, Sendable, CustomStringConvertible {
    /// Whether a speaker can be made all the same.
    package enum Severity: String, Hashable, Sendable, Codable {
        case error, warning
    }

    package var severity: Severity
    package var file: String
    /// Counts from 1, in the file.
    package var line: Int
    package var message: String

    package init(severity: Severity, file: String, line: Int, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.message = message
    }

    /// `file:line: error: message`.
    package var description: String {
        "\(file):\(line): \(severity.rawValue): \(message)"
    }
}

/// A configuration that no speaker can be made of: everything found in it, in the order of the text.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package var findings: [ConfigurationFinding]

    package init(findings: [ConfigurationFinding]) {
        self.findings = findings
    }

    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}
