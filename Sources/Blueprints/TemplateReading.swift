// SPDX-License-Identifier: MIT-0
internal import CloudFormation
package import LabModel
package import SourceText
internal import SpeakerConfiguration
internal import VPC

/// A template that was read completely: what the lab is made from, and what is doubtful about it.
package struct TemplateReading: Sendable {
    package var blueprint: LabBlueprint
    /// What is doubtful in the template's text.
    package var findings: [Finding]
    /// What is assumed, or will not work, in the lab as a whole: one sentence each.
    package var notes: [String]

    /// Everything that the user should read, one line each.
    package var warnings: [String] { findings.map(\.description) + notes }

    /// What messages and a lab's state call the template that rslab brings with it.
    package static let builtinName = "built-in template"

    /// Reads a template, and the speakers' configurations in its user data.
    ///
    /// - Parameters:
    ///   - text: The template; nil for the built-in one.
    ///   - file: What the template is called in messages.
    ///   - parameters: Values in place of the defaults of the template's parameters, by name.
    ///   - version: The version of rslab that the lab's state will name.
    /// - Throws: `TemplateError` or `ConfigurationError` with the place of each mistake; `LabError` where the options name
    ///   something that the template does not have.
    package init(
        _ text: String?, file: String, parameters: [String: String] = [:], options: LabOptions, version: String
    ) throws {
        let text = text ?? BuiltinTemplate.text
        let template = try Template(text: text, file: file, parameters: parameters)
        let model = try template.model()
        findings = template.warnings
        var speakers: [InstanceSpeaker] = []
        for instance in model.instances {
            findings += instance.boot.notUnderstood.map {
                Finding(
                    severity: .warning, file: file, position: $0.start,
                    message: "not understood in the user data of \(instance.name): \($0.text)")
            }
            var reader = SpeakerReader(instance, in: model, options: options, file: file)
            if let speaker = try reader.read() { speakers.append(speaker) }
            findings += reader.findings
        }
        // The template's own rules were checked with it.
        let known = Set(InterfaceOutlook(model).blockedSessions)
        findings += options.interfaceOutlook(of: model).blockedSessions.filter { !known.contains($0) }
            .map { Finding(severity: .warning, file: file, position: nil, message: "\($0)") }
        blueprint = LabBlueprint(
            model: model, options: options, speakers: speakers,
            request: LabRequest(source: file, templateText: text, parameters: parameters, options: options),
            version: version)
        try blueprint.checkTablePrecedence()
        notes = [blueprint.tablePrecedenceNote].compactMap(\.self) + blueprint.silentPeerNotes
    }
}
