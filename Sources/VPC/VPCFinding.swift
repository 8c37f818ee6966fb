// SPDX-License-Identifier: MIT-0

package import SourceText

/// Something wrong or doubtful in a model.
package struct VPCFinding: Hashable, Sendable, CustomStringConvertible {
    /// Whether the model can be deployed despite it.
    package var severity: Finding.Severity
    /// The logical id of the object to change.
    package var object: String
    /// The property of its resource, in CloudFormation's spelling.
    package var property: String?
    package var message: String
    /// Whether something is missing, which a partly read model may lack for another reason.
    package var isAboutAbsence: Bool

    package init(
        severity: Finding.Severity, object: String, property: String? = nil, message: String,
        isAboutAbsence: Bool = false
    ) {
        self.severity = severity
        self.object = object
        self.property = property
        self.message = message
        self.isAboutAbsence = isAboutAbsence
    }

    package var description: String {
        "\(object): \(severity.rawValue): \(message)"
    }
}
