// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Blueprints
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Report
internal import Trials
internal import VPC
internal import WireFormat

struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Build a lab from a template and wait until it is ready.",
        discussion: """
            Ready means: every BGP session Established, the floating IP's route in the VPC route table, and a ping through \
            it answered by the active instance. If this lab already runs, up changes nothing and says so. If the lab of \
            that name was built from another template or with other options, up fails and says what differs, or \
            with --replace takes it down and builds this one.
            """)

    @OptionGroup var template: TemplateOptions
    @OptionGroup var speakerOptions: SpeakerOptions
    @OptionGroup var routeServerOptions: RouteServerOptions
    @OptionGroup var interfaceOptions: InterfaceOptions
    @OptionGroup var readinessOptions: ReadinessOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "The lab's name; the VPC's name by default.")
    var name: String?
    @Flag(help: "If a lab of that name runs and differs, take it down first.")
    var replace = false
    @Flag(help: "Print the plan without building anything.")
    var dryRun = false

    var settings: LabSettings {
        LabSettings(
            speakers: speakerOptions, routeServers: routeServerOptions, interfaces: interfaceOptions,
            readiness: readinessOptions)
    }

    func validate() throws {
        guard settings.combinations.count == 1 else {
            throw ValidationError(
                "one lab has one --speaker, --hold and --bfd; 'rslab failover --measure' compares several")
        }
    }

    private struct Result: Encodable {
        struct Phase: Encodable {
            var phase: Deployment.Phase
            var duration_ms: Double
        }
        var schema = 1
        var lab: String
        var changed: Bool
        var source: String
        var phases: [Phase]?
        var ready_ms: Double?
        var first_program_to_ready_ms: Double?
    }

    func run() throws {
        try Outcome.run(json: output.json) { try bringUp() }
    }

    private func bringUp() throws {
        let start = Instant.now
        if let name { try LabSelection.check(name) }
        let source = try template.read(options: settings.combinations[0])
        let labName = name ?? source.blueprint.model.name
        if dryRun { return try printPlan(of: source, name: labName) }
        if let running = try runningLab(named: labName, readyWithin: settings.readyWithin) {
            guard try removeIfDifferent(running, from: source.blueprint.request) else {
                Terminal.note("The lab '\(labName)' is already up; nothing was changed.")
                if output.json {
                    try Outcome.print(Result(lab: labName, changed: false, source: running.state.source))
                }
                return
            }
        }
        source.warnings.forEach(Terminal.note)
        let deployment = try Deployment(
            source.blueprint, name: labName, interruption: Entry.interruption.get()
        ) { [settings] in ProgressLine.show($0, within: settings.readyWithin) }
        let lab: Lab
        do {
            lab = try deployment.run(keep: true, readyWithin: settings.readyWithin)
        } catch is LabNameTaken {
            // Now there is a lab to wait for.
            return try bringUp()
        }
        Terminal.endProgress()
        try report(lab, deployment, took: .now - start)
    }

    /// Takes a running lab down that is not the requested one; false if it is.
    ///
    /// - Throws: `LabError` with the differences, unless it may be replaced.
    private func removeIfDifferent(_ running: Lab, from request: LabRequest) throws -> Bool {
        guard !request.isSameLab(as: running.state.request) else { return false }
        guard replace else {
            throw running.refusal(
                of: request,
                advice: "add --replace to take it down and build this one, or choose another name with --name")
        }
        try request.options.requireInstalled()
        _ = try Lab.remove(running.directory)
        Terminal.note("The lab '\(running.name)' was taken down, to be replaced.")
        return true
    }

    private func report(_ lab: Lab, _ deployment: Deployment, took duration: Duration) throws {
        let ready = Instant.now
        guard !output.json else {
            try Outcome.print(
                Result(
                    lab: lab.name, changed: true, source: lab.state.source,
                    phases: deployment.phases.map { .init(phase: $0.phase, duration_ms: $0.duration.milliseconds) },
                    ready_ms: duration.milliseconds,
                    first_program_to_ready_ms: (ready - deployment.programsStarted).milliseconds))
            return
        }
        try print(try lab.inspect().text)
        var table = TextTable([.init("phase"), .init("ms", .right)])
        for phase in deployment.phases {
            table.addRow(["\(phase.phase.rawValue)", "\(milliseconds(phase.duration))"])
        }
        table.addRow(["ready", "\(milliseconds(duration))"])
        try print(table.render(Terminal.style, width: Terminal.width))
    }

    private func printPlan(of source: TemplateReading, name: String) throws(OutputFailure) {
        source.warnings.forEach(Terminal.note)
        var plan = LabPlan(model: source.blueprint.model)
        plan.name = name
        if output.json {
            try Outcome.print(PlanOutput(plan))
        } else {
            try print(PlanText(plan: plan).text)
        }
    }
}

struct Down: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Take a lab down; nothing of it is left.",
        discussion: "Works for a lab in any condition. Without a lab, down changes nothing and says so.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        var schema = 1
        var lab: String?
        var changed: Bool
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            if selection.name == nil { try removeRemains() }
            guard let directory = try selection.directory(), try Lab.remove(directory) else {
                try RunDirectory.requireTrustedRoot()
                try RunDirectory.removeRoot()
                Terminal.note("There is no lab\(selection.name.map { " '\($0)'" } ?? ""); nothing was changed.")
                if output.json { try Outcome.print(Result(lab: selection.name, changed: false)) }
                return
            }
            if output.json {
                try Outcome.print(Result(lab: directory.labName, changed: true))
            } else {
                try print("The lab '\(directory.labName)' is gone.")
            }
        }
    }
}

extension Down {
    /// Removes what killed rslabs have left, if that is not all there is.
    private func removeRemains() throws {
        try RunDirectory.requireTrustedRoot()
        let all = RunDirectory.all()
        for directory in try all.filter({ try !Lab.isAlive($0) }).prefix(max(all.count - 1, 0)) {
            if try Lab.remove(directory) { Terminal.note("Removed the remains of the lab '\(directory.labName)'.") }
        }
    }
}

/// The lab with this name, if it runs; one that no longer runs is removed, with a message.
///
/// Waits for a lab that another rslab is building or taking down, for `limit` at most.
func runningLab(named name: String, readyWithin limit: Duration) throws -> Lab? {
    let directory = RunDirectory(labName: name)
    Hint.lab = directory
    let interruption = try Entry.interruption.get()
    let lab = try Lab.running(directory, within: limit, interruption: interruption) {
        Terminal.progress("waiting for process \($0), which builds the lab '\(name)' or takes it down")
    } cleared: {
        Terminal.note("Removed the remains of an earlier lab '\(name)'.")
    }
    Terminal.endProgress()
    return lab
}

extension Lab {
    /// The refusal of a request that this lab does not meet.
    func refusal(of request: LabRequest, advice: String) -> LabError {
        let differences = request.differences(from: state.request).joined(separator: ", ")
        return LabError("the lab '\(name)' is up, and differs from what is asked for: \(differences)", advice: advice)
    }
}

/// Milliseconds with one decimal, for tables.
func milliseconds(_ duration: Duration) -> String {
    let tenths = (duration.nanoseconds + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
}
