// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Lab
internal import Measurement
internal import Report
internal import VPC

struct Failover: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take the active instance away; with --measure: measure, report, put it back.",
        discussion: """
            With --measure and no lab running, the built-in lab (or the given template's) is brought up first and taken
            down afterwards. Ctrl-C at any point puts the lab back as it was.
            """)

    @OptionGroup var template: TemplateOptions
    @OptionGroup var selection: LabSelection
    @OptionGroup var settings: LabSettings
    @OptionGroup var output: OutputOptions

    @OptionGroup var faultOptions: FaultOptions
    @OptionGroup var probeOptions: ProbeOptions
    @OptionGroup var flowOptions: FlowOptions
    @OptionGroup var runOptions: RunOptions
    @OptionGroup var applicationOptions: ApplicationOptions
    @Flag(help: "Probe, inject, follow, validate, restore, and report.")
    var measure = false
    @Flag(help: "Print every fault and what it does, and end.")
    var listFaults = false

    func validate() throws {
        guard measure || !flowOptions.isGiven else {
            throw ValidationError("the options that say what is probed, such as --from, are for --measure")
        }
        guard measure || !(probeOptions.isGiven || runOptions.isGiven || faultOptions.watch != nil) else {
            throw ValidationError("--interval, --validation, --for, --trials, --budget and --seed are for --measure")
        }
        guard measure || !applicationOptions.isGiven else {
            throw ValidationError("--tcp, --udp and what belongs to them are for --measure")
        }
        try applicationOptions.check(runOptions.budget)
        guard measure || !asksForBuilding else {
            throw ValidationError(
                "TEMPLATE, --parameter, --hold, --bfd, --speaker and --timeout are for building a lab: 'rslab up' does,"
                    + " or failover --measure")
        }
    }

    /// Something was given that only a lab that is yet to be built can follow.
    private var asksForBuilding: Bool {
        template.template != nil || !template.parameters.isEmpty || settings.isGiven
    }

    func run() throws {
        if listFaults {
            return output.json
                ? Outcome.print(FaultList(faults: FaultCatalogue.entries)) : print(FaultCatalogue.text)
        }
        try Outcome.run(json: output.json) {
            guard measure else { return try injectOnly() }
            var (run, wasInterrupted) = try measureAll()
            run.budgets = runOptions.budget.map { $0.judge(run.trials) }
            Terminal.endProgress()
            if output.json {
                Outcome.print(run)
            } else if run.trials.count == 1, let trial = run.trials.first {
                print(TextReport(style: Terminal.style).render(trial), terminator: "")
                print(TextReport(style: Terminal.style).renderBudgets(of: run), terminator: "")
            } else {
                print(TextReport(style: Terminal.style).render(run), terminator: "")
            }
            if wasInterrupted {
                Terminal.note("rslab: interrupted after \(run.trials.count) of \(runOptions.trialCount) trials")
                throw Outcome.interrupted
            }
            if run.validTrials.count < run.trials.count { throw Outcome.invalid }
            if run.budgets.contains(where: { !$0.isMet }) || !run.brokenPromises.isEmpty { throw Outcome.overBudget }
        }
    }

    private struct FaultList: Encodable {
        var schema = 1
        var faults: [FaultCatalogue.Entry]
    }

    // MARK: Measuring

    private func measureAll() throws -> (run: Run, wasInterrupted: Bool) {
        let lab: Lab
        let isOwn: Bool
        if let directory = try selection.directory(), let running = try runningLab(named: directory.labName) {
            guard !asksForBuilding else {
                throw LabError(
                    "the lab '\(running.name)' runs already, and TEMPLATE, --parameter, --hold, --bfd, --speaker and --timeout"
                        + " are for building one",
                    advice: "take it down with 'rslab down' first, or leave them out")
            }
            lab = running
            isOwn = false
        } else {
            lab = try bringUp()
            isOwn = true
        }
        defer {
            // Nothing of a lab that was made for this run is to be left, however the run ended; letting go of its
            // lifeline ends it even where this fails.
            if isOwn { try? Lab.end(lab) }
        }
        try lab.takeLock()
        guard lab.state.fault == nil else {
            throw LabError("a fault is in place already", advice: "take it back with 'rslab restore'")
        }
        let plan = TrialPlan(
            fault: faultOptions.fault, lossShare: faultOptions.lossShare, watchTime: faultOptions.watch?.duration,
            probing: probeOptions.settings, flows: flowOptions.settings, applications: applicationOptions.settings)
        let failover = try FailoverRun(
            lab: lab, plan: plan, seed: runOptions.seed ?? .random(in: .min ... .max),
            interruption: Entry.interruption.get(), version: RSLab.version
        ) { ProgressLine.show($0) }
        return (try failover.run(trials: runOptions.trialCount), failover.wasInterrupted)
    }

    private func bringUp() throws -> Lab {
        let source = try LabSource(template, options: settings.options)
        source.warnings.forEach(Terminal.note)
        let deployment = try Deployment(
            source.blueprint, name: selection.name ?? source.blueprint.model.name,
            interruption: Entry.interruption.get()
        ) { [settings] in ProgressLine.show($0, within: settings.readyWithin) }
        return try deployment.run(keep: false, readyWithin: settings.readyWithin)
    }

    // MARK: Injecting

    private func injectOnly() throws {
        let lab = try selection.open()
        try lab.takeLock()
        let injection = try FaultCommand(lab: lab).inject(
            faultOptions.fault, lossShare: faultOptions.lossShare)
        if output.json { return Outcome.print(injection) }
        print("\(injection.fault.rawValue) injected on \(injection.instance); put it back with 'rslab restore'.")
    }
}
