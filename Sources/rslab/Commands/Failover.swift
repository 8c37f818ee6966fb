// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Lab
internal import LinuxSystem
internal import Measurement
internal import Report
internal import VPC
internal import WireFormat

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

    @Flag(help: "Probe, inject, follow, validate, restore, and report.")
    var measure = false
    @Option(help: "How the active instance fails; see --list-faults.")
    var fault: FaultName = .kill
    @Option(
        help: ArgumentHelp("Of --fault loss: how many of 100 packets are lost; 20 unless told.", valueName: "PERCENT"))
    var loss: Double?
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long to watch a fault that moves nothing, such as soak; the longest of the timers unless told.",
            valueName: "TIME"))
    var watch: TimeArgument?
    @Option(help: ArgumentHelp("Time between probes, such as 100us; 1ms unless told.", valueName: "TIME"))
    var interval: TimeArgument?
    @Option(help: ArgumentHelp("How many times to measure; once unless told.", valueName: "N"))
    var trials: Int?
    @Option(help: ArgumentHelp("How long nothing may be lost after recovery; 5s unless told.", valueName: "TIME"))
    var validation: TimeArgument?
    @Option(
        help: ArgumentHelp(
            "What it may cost, such as 200ms (every outage), p95=200ms or convergence.median=5ms; repeatable. An outage"
                + " is judged by its bracket's upper end. Missed: exit status 1.",
            valueName: "[FIGURE.][STATISTIC=]TIME"))
    var budget: [Budget] = []
    @Option(help: ArgumentHelp("Repeat the random phases of an earlier run.", valueName: "SEED"))
    var seed: UInt64?
    @Flag(help: "Print every fault and what it does, and end.")
    var listFaults = false

    private var trialCount: Int { trials ?? 1 }
    private var probeInterval: Duration { interval?.duration ?? .milliseconds(1) }
    private var validationTime: Duration { validation?.duration ?? .seconds(5) }

    func validate() throws {
        guard (1...10_000).contains(trialCount) else { throw ValidationError("--trials takes 1 to 10000") }
        if let loss {
            guard fault == .loss else { throw ValidationError("--loss is for --fault loss") }
            guard loss > 0, loss <= 100 else { throw ValidationError("--loss takes a percentage above 0, up to 100") }
        }
        if let watch {
            guard measure, [.soak, .grey, .loss, .endpointDown, .bfdPartition].contains(fault) else {
                throw ValidationError(
                    "--for is for --measure with a fault that need not move traffic: soak, grey, loss, endpoint-down or"
                        + " bfd-partition")
            }
            guard watch.duration > .zero, watch.duration <= .seconds(86_400) else {
                throw ValidationError("--for takes a time above 0, up to a day")
            }
        }
        guard probeInterval >= .microseconds(100), probeInterval <= .seconds(1) else {
            throw ValidationError("--interval takes 100us to 1s")
        }
        guard validationTime >= .zero, validationTime <= .seconds(600) else {
            throw ValidationError("--validation takes 0s to 600s")
        }
        guard measure || budget.isEmpty else { throw ValidationError("--budget is for --measure") }
        guard measure || (interval == nil && trials == nil && validation == nil && seed == nil) else {
            throw ValidationError("--interval, --trials, --validation and --seed are for --measure")
        }
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
            run.budgets = budget.map { $0.judge(run.trials) }
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
                Terminal.note("rslab: interrupted after \(run.trials.count) of \(trialCount) trials")
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

    private var lossShare: Double? { loss.map { $0 / 100 } }

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
        let failover = try FailoverRun(
            lab: lab, fault: fault, lossShare: lossShare, watchTime: watch?.duration,
            probing: ProbeSettings(
                interval: Milliseconds(nanoseconds: probeInterval.nanoseconds),
                sustainedValidation: Milliseconds(nanoseconds: validationTime.nanoseconds)),
            seed: seed ?? .random(in: .min ... .max), interruption: Entry.interruption.get(),
            version: RSLab.version
        ) { ProgressLine.show($0) }
        return (try failover.run(trials: trialCount), failover.wasInterrupted)
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
        let injection = try FaultCommand(lab: lab).inject(fault, lossShare: lossShare)
        if output.json { return Outcome.print(injection) }
        print("\(fault.rawValue) injected on \(injection.instance); put it back with 'rslab restore'.")
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a fault back, and wait until the lab is as before.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("How long that may take.", valueName: "SECONDS"))
    var timeout: Double = 120

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes a number of seconds above 0, up to 86400")
        }
    }

    private struct NothingToDo: Encodable {
        var schema = 1
        var changed = false
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            try lab.takeLock()
            guard let fault = lab.state.fault else {
                Terminal.note("No fault is in place; nothing was changed.")
                if output.json { Outcome.print(NothingToDo()) }
                return
            }
            Terminal.progress(
                "taking \(fault.name.rawValue) on \(fault.instance) back, and waiting for the lab to be as before"
                    + " (at most \(Int(timeout.rounded(.up))) s)")
            let restoration = try FaultCommand(lab: lab).restore(
                fault, within: .nanoseconds(Int64(timeout * 1e9)), interruption: Entry.interruption.get())
            Terminal.endProgress()
            if output.json { return Outcome.print(restoration) }
            print("\(fault.name.rawValue) on \(fault.instance) is taken back; the lab is as before.")
        }
    }
}

extension FaultName: ExpressibleByArgument {}

extension Budget: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

/// A time as people write it: 100us, 1ms, 5s.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let number = argument.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), value < 1e9 else { return nil }
        let nanoseconds: Double
        switch argument.dropFirst(number.count) {
        case "us", "µs": nanoseconds = value * 1e3
        case "ms": nanoseconds = value * 1e6
        case "s": nanoseconds = value * 1e9
        default: return nil
        }
        duration = .nanoseconds(Int64(nanoseconds))
    }

}
