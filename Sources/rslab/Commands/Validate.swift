// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Blueprints
internal import LabModel
internal import Measurement
internal import VPC

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a template without building anything; needs no root.")

    @OptionGroup var template: TemplateOptions
    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        var schema = 1
        var source: String
        var valid = true
        var warnings: [String]
        var instances: [String]
        var speakers: [String]
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let source = try template.read(options: LabOptions())
            let model = source.blueprint.model
            if output.json {
                return try Outcome.print(
                    Result(
                        source: source.blueprint.request.source, warnings: source.warnings,
                        instances: model.instances.map(\.name), speakers: source.blueprint.speakers.map(\.instance)))
            }
            source.warnings.forEach(Terminal.note)
            try print(
                "\(source.blueprint.request.source): can be deployed: \(counted(model.subnets.count, "subnet")),"
                    + " \(counted(model.instances.count, "instance"))"
                    + " (\(counted(source.blueprint.speakers.count, "speaks BGP", "speak BGP"))),"
                    + " \(counted(model.routeServers.flatMap(\.endpoints).count, "endpoint")),"
                    + " \(counted(model.routeServers.flatMap(\.peers).count, "peer"))")
        }
    }
}

struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script: rslab completion bash > /etc/bash_completion.d/rslab")

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw ValidationError("there is no completion for '\(shell)': bash, zsh or fish")
        }
        try Terminal.output(RSLab.completionScript(for: shell) + "\n")
    }
}
