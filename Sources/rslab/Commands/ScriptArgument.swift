// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Blueprints
internal import CloudFormation
internal import FaultScript
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement

/// The argument of `--script`: a file, or the steps in the template's metadata.
enum ScriptArgument: ExpressibleByArgument, CustomStringConvertible {
    case file(String)
    case template

    init(argument: String) {
        self = argument == "template" ? .template : .file(argument)
    }

    /// As users type it.
    var description: String {
        switch self {
        case .file(let path): path
        case .template: "template"
        }
    }

    /// Reads the steps.
    ///
    /// `template` is the path of the template, or `TemplateReading.builtinName`.
    /// - Throws: every mistake with file:line:column; `LabError` for a file that cannot be read.
    func sequence(ofTemplate template: String) throws -> FaultSequence {
        switch self {
        case .file(let path): try FaultSequence(script: Self.text(of: path), file: path)
        case .template:
            try FaultSequence(
                metadataOf: template == TemplateReading.builtinName ? BuiltinTemplate.text : Self.text(of: template),
                file: template)
        }
    }

    private static func text(of path: String) throws -> String {
        do throws(SystemError) {
            return try readInputText(path)
        } catch {
            throw LabError("cannot read \(path)", because: error)
        }
    }
}
