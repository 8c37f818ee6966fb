// SPDX-License-Identifier: MIT-0

/// Something wrong or doubtful in a file that a user wrote, with its place.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Whether the file can be used despite it.
    package enum Severity: String, Hashable, Sendable, Codable {
        case error, warning
    }

    package var severity: Severity
    /// As the user named it.
    package var file: String
    /// Nil if it concerns the file as a whole.
    package var position: SourcePosition?
    /// A sentence without its full stop.
    package var message: String

    package init(severity: Severity, file: String, position: SourcePosition?, message: String) {
        self.severity = severity
        self.file = file
        self.position = position
        self.message = message
    }

    /// `file:line:column: error: message`, the form that editors and CI systems link, without unknown parts of the
    /// place.
    package var description: String {
        let place = [position?.line, position?.column].compactMap(\.self).map { ":\($0)" }.joined()
        return "\(file)\(place): \(severity.rawValue): \(message)"
    }
}
