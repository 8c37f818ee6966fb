// SPDX-License-Identifier: MIT-0
internal import Blueprints
internal import LabHost
internal import LabModel
internal import LinuxSystem

extension TemplateOptions {
    /// Reads the template, and the speakers' configurations in its user data; `recorded` is its text as it was, to be read
    /// instead of the file.
    ///
    /// - Throws: `SourceError` with the place of each mistake, `LabError` if the file cannot be read.
    func read(options: LabOptions, recorded: String? = nil) throws -> TemplateReading {
        try TemplateReading(
            recorded ?? template.map(Self.text), file: template ?? TemplateReading.builtinName, parameters: overrides,
            options: options, version: RSLab.version)
    }

    private static func text(of path: String) throws -> String {
        do throws(SystemError) {
            return try readInputText(path)
        } catch {
            throw LabError("cannot read the template", because: error)
        }
    }
}
