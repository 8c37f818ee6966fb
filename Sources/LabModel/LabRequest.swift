// SPDX-License-Identifier: MIT-0

/// What a lab was asked to be: a template, the values of its parameters, and options.
///
/// It stays what it was while the lab runs and is changed.
package struct LabRequest: Codable, Hashable, Sendable {
    /// The template's name for people: a path, or "built-in template".
    package var source: String
    package var templateText: String
    /// Values in place of the defaults of the template's parameters, by name.
    package var parameters: [String: String]
    package var options: LabOptions

    package init(source: String, templateText: String, parameters: [String: String], options: LabOptions) {
        self.source = source
        self.templateText = templateText
        self.parameters = parameters
        self.options = options
    }

    /// Whether both ask for the same lab; a template may have been moved meanwhile.
    package func isSameLab(as other: LabRequest) -> Bool {
        templateText == other.templateText && parameters == other.parameters && options == other.options
    }
}
