// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import LabModel
internal import Measurement
internal import Report
internal import Trials

struct Failover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Make the active instance fail; with --measure: measure, report, put it back.",
        discussion: """
            With --measure, a lab of its own is brought up from the built-in template (or the given one), and taken down \
            afterwards, whatever else runs. With --name too, the lab of that name is measured if it runs, and stays. \
            Ctrl-C at any point puts the lab back as it was, and prints what was measured until then.

            Several comma-separated values of --fault, --speaker, --hold or --bfd are compared: every \
            combination is measured once per round, in a random order, and each with the first. The same value twice \
            shows how large a difference chance makes.
            """)

    @OptionGroup var template: TemplateOptions
    @OptionGroup var selection: LabSelection
    @OptionGroup var speakerOptions: SpeakerOptions
    @OptionGroup var routeServerOptions: RouteServerOptions
    @OptionGroup var interfaceOptions: InterfaceOptions
    @OptionGroup var readinessOptions: ReadinessOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var formatOptions: FormatOptions

    @OptionGroup var faultOptions: FaultOptions
    @OptionGroup var probeOptions: ProbeOptions
    @OptionGroup var flowOptions: FlowOptions
    @OptionGroup var runOptions: RunOptions
    @OptionGroup var applicationOptions: ApplicationOptions
    @OptionGroup var limitOptions: LimitOptions
    @OptionGroup var resultOptions: ResultOptions
    @Flag(help: "Probe, inject, follow, validate, restore and report.")
    var measure = false
    @Flag(help: "Print every fault and what it does, then exit.")
    var listFaults = false
    @Flag(help: ArgumentHelp("With --list-faults: in the manual's format.", visibility: .hidden))
    var markdown = false

    var settings: LabSettings {
        LabSettings(
            speakers: speakerOptions, routeServers: routeServerOptions, interfaces: interfaceOptions,
            readiness: readinessOptions)
    }

    func validate() throws {
        if resultOptions.repeated != nil { return try validateRepetition() }
        guard measure || !resultOptions.isGiven else {
            throw ValidationError("--samples-out and --evidence are for --measure")
        }
        guard measure || !flowOptions.isGiven else {
            throw ValidationError("the options that say what is probed, such as --from, are for --measure")
        }
        guard measure || !(probeOptions.isGiven || runOptions.isGiven) else {
            throw ValidationError(
                "--interval, --validation, --lost-after, --witness, --trials, --until, --budget and --seed are for --measure"
            )
        }
        guard measure || faultOptions.requests.count == 1 else {
            throw ValidationError("several faults or times are for --measure, which compares them")
        }
        guard measure || !applicationOptions.isGiven else {
            throw ValidationError("--tcp, --udp and their options are for --measure")
        }
        guard measure || !limitOptions.isGiven else { throw ValidationError("--limit is for --measure") }
        guard measure || formatOptions.format == nil else {
            throw ValidationError("--format is for --measure; --json is for every verb")
        }
        if output.json, format.name != JSONFormat.name {
            throw ValidationError("--json and --format \(format.name) contradict each other")
        }
        try applicationOptions.check("--budget", runOptions.budget.map(\.figure))
        try applicationOptions.check("--until", runOptions.until.map { [$0.figure] } ?? [])
        guard measure || !asksForBuilding else {
            let given = buildingOptions.joined(separator: ", ")
            throw ValidationError(
                "\(given): only for building a lab, which 'rslab up' does, or failover with --measure")
        }
        for options in settings.combinations {
            if flowOptions.prefixes != nil, options.speaker != .builtin {
                throw ValidationError(
                    "--prefixes is for rslab's own speaker, not for --speaker \(options.speaker.rawValue)")
            }
            if let fault = faultOptions.faults.first(where: { !options.allows($0) }) {
                throw ValidationError(
                    "--fault \(fault.rawValue) is for rslab's own speaker, not for --speaker \(options.speaker.rawValue)"
                )
            }
        }
    }

    /// A repetition takes everything that decides what is measured from the file.
    private func validateRepetition() throws {
        let isGiven =
            asksForBuilding || selection.name != nil || faultOptions.isGiven || probeOptions.isGiven
            || flowOptions.isGiven || runOptions.isGiven || applicationOptions.isGiven || limitOptions.isGiven
        guard !isGiven else {
            throw ValidationError(
                "--repeat measures what its file says: leave out everything but --json, --format, --samples-out and --evidence"
            )
        }
        if output.json, format.name != JSONFormat.name {
            throw ValidationError("--json and --format \(format.name) contradict each other")
        }
    }

    /// What was given that only a new lab can follow.
    private var buildingOptions: [String] {
        (template.template.map { ["the template \($0)"] } ?? [])
            + (template.parameters.isEmpty ? [] : ["--parameter"]) + settings.given
    }

    var asksForBuilding: Bool { !buildingOptions.isEmpty }

    /// The format of the results.
    var format: any ReportFormat.Type {
        formatOptions.format?.type ?? (output.json ? JSONFormat.self : TextFormat.self)
    }

    func run() throws {
        if listFaults { return try printFaults() }
        try Outcome.run(json: format.name == JSONFormat.name) {
            if let file = resultOptions.repeated { return try measureAgain(file) }
            if measure { return try measureAndReport() }
            if let script = faultOptions.script { return try play(script) }
            try injectOnly()
        }
    }

    private struct FaultList: Encodable {
        var schema = 1
        var faults: [FaultCatalogue.Entry]
    }

    private func printFaults() throws {
        if markdown {
            try print(FaultCatalogue.markdown.joined(separator: "\n"), terminator: "")
        } else if output.json {
            try Outcome.print(FaultList(faults: FaultCatalogue.entries))
        } else {
            try print(FaultCatalogue.text(Terminal.style, width: Terminal.width), terminator: "")
        }
    }

    // MARK: Injecting

    private static func sequel(_ injection: FaultCommand.Result) -> String {
        guard let duration = injection.parameters.duration else {
            return "put it back with 'rslab restore \(injection.fault.rawValue)'."
        }
        return "it was taken back after \(duration.text)."
    }

    private func injectOnly() throws {
        let lab = try selection.open()
        try lab.takeLock()
        let injection = try FaultCommand(lab: lab).inject(
            faultOptions.requests[0], interruption: Entry.interruption.get())
        if output.json { return try Outcome.print(injection) }
        try print("\(injection.fault.rawValue) injected on \(injection.target); \(Self.sequel(injection))")
    }

    // MARK: Carrying out a script

    private struct Played: Encodable {
        var schema = 1
        var sequence: FaultSequence
        var steps: [PlayedStep]
    }

    private func play(_ script: ScriptArgument) throws {
        let lab = try selection.open()
        try lab.takeLock()
        let sequence = try script.sequence(ofTemplate: template.template ?? lab.state.source)
        let steps = try lab.play(sequence, interruption: Entry.interruption.get())
        if output.json { return try Outcome.print(Played(sequence: sequence, steps: steps)) }
        try print(steps.map(\.text).joined(separator: "\n"))
        if !lab.state.faults.isEmpty { try print("Put back what is still in place with 'rslab restore'.") }
    }
}
