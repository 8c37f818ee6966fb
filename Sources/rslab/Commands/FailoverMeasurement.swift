// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Blueprints
internal import Glibc
internal import LabHost
internal import LabModel
internal import Measurement
internal import Report
internal import Trials
internal import VPC

extension Failover {
    /// Measures, prints the results, and exits with the status that tells how it went.
    ///
    /// `recorded` is what is to be measured again.
    func measureAndReport(again recorded: RecordedRun? = nil) throws {
        let failover = try prepare(recorded)
        let samples = try resultOptions.samplesOut.map(SampleFile.init)
        let evidence = try resultOptions.evidence.map {
            try EvidenceFolder($0, isSweep: failover.combinationCount > 1)
        }
        failover.onMeasured = {
            try samples?.write($0)
            try evidence?.write($0)
        }
        var sweep = try failover.run()
        Terminal.endProgress()
        for index in sweep.combinations.indices {
            let trials = sweep.combinations[index].run.trials
            sweep.combinations[index].run.budgets = runOptions.budget.map { $0.judge(trials) }
        }
        do {
            try evidence?.end(sweep)
        } catch {
            sweep.fail("\(error)")
        }
        try report(sweep)
        try conclude(sweep)
    }

    /// Measures what a file contains once more, and reports it as this command says.
    func measureAgain(_ file: String) throws {
        let recorded = try RecordedRun(file)
        var command = try recorded.command()
        command.output = output
        command.formatOptions = formatOptions
        command.resultOptions = resultOptions
        if let remark = recorded.remark { Terminal.note(remark) }
        try command.measureAndReport(again: recorded)
    }

    // MARK: Preparing

    /// Refuses what cannot be measured before anything is built.
    private func prepare(_ recorded: RecordedRun?) throws -> FailoverRun {
        let interruption = try Entry.interruption.get()
        let options: [LabOptions]
        let source: LabTurns.Source
        let running = try selection.name.flatMap { name in
            try LabSelection.check(name)
            return try runningLab(named: name, readyWithin: settings.readyWithin)
        }
        try recorded?.requireSameLab(running)
        if let running {
            try requireAskedFor(running, recorded)
            source = .running(running)
            options = [running.state.options]
        } else {
            options = settings.combinations
            try options.forEach { try $0.requireInstalled() }
            source = try labsToBuild(options, recorded)
        }
        let plans = try faultOptions.script.map { [try plan($0, running: running)] } ?? faultOptions.requests.map(plan)
        for options in options { try plans.forEach { try Self.require($0.sequence.faults, in: options) } }
        var combinations = options.indices.flatMap { lab in
            plans.map { plan in
                FailoverRun.Combination(
                    settings: Sweep.Settings(
                        plan.sequence, script: faultOptions.script?.description, options: options[lab]),
                    plan: plan, lab: lab)
            }
        }
        for (index, settings) in Sweep.Settings.numbered(combinations.map(\.settings)).enumerated() {
            combinations[index].settings = settings
        }
        try recorded?.requireSameFaults(combinations.map(\.plan.sequence))
        let labs = LabTurns(source, interruption: interruption) { [settings] in
            ProgressLine.show($0, within: settings.readyWithin)
        }
        return FailoverRun(
            combinations, length: runOptions.length, seed: runOptions.seed ?? .random(in: .min ... .max), labs: labs,
            version: RSLab.version,
            provenance: provenance(repeating: recorded, isRunning: running != nil)
        ) { ProgressLine.show($0) }
    }

    private func provenance(repeating recorded: RecordedRun?, isRunning: Bool) -> RunProvenance {
        var provenance = RunProvenance(
            commit: BuildCommit.text, command: recorded?.provenance.command ?? CommandLine.arguments)
        provenance.repeats = recorded?.file
        provenance.isOfRunningLab = isRunning
        return provenance
    }

    /// The plan of a trial with one of the faults.
    private func plan(_ request: FaultRequest) -> TrialPlan { plan(FaultSequence(request), watchTime: nil) }

    /// The plan of a trial with a script, on the running lab or one from the template.
    private func plan(_ script: ScriptArgument, running: Lab?) throws -> TrialPlan {
        let file = template.template ?? running?.state.source ?? TemplateReading.builtinName
        let sequence = try script.sequence(ofTemplate: file)
        let figures = runOptions.budget.map(\.figure) + (runOptions.until.map { [$0.figure] } ?? [])
        if sequence.single == nil, let figure = figures.first(where: \.isOfOneFault) {
            throw ValidationError(
                "\(figure.rawValue) is a time of one fault, and the script has several: its budgets can be for outage,"
                    + " fail-back, tcp-stall or udp-stall")
        }
        return plan(sequence, watchTime: faultOptions.duration?.values.first?.duration)
    }

    private func plan(_ sequence: FaultSequence, watchTime: Duration?) -> TrialPlan {
        var plan = TrialPlan(
            sequence, watchTime: watchTime, probing: probeOptions.settings, flows: flowOptions.settings,
            applications: applicationOptions.settings, limits: limitOptions.limits)
        plan.isWitnessed = probeOptions.witness
        plan.keepsPackets = resultOptions.evidence != nil
        return plan
    }

    private static func require(_ faults: [FaultRequest], in options: LabOptions) throws {
        guard let impossible = faults.map(\.name).first(where: { !options.allows($0) }) else { return }
        throw LabError(
            "\(impossible.rawValue) is for rslab's own speaker, and the lab's is \(options.speaker.rawValue)",
            advice: "choose another fault, see --list-faults")
    }

    /// Refuses a running lab that is not the one that a template and options ask for, if there are any.
    private func requireAskedFor(_ running: Lab, _ recorded: RecordedRun?) throws {
        guard asksForBuilding else { return }
        for options in settings.combinations {
            let request = try template.read(options: options, recorded: recorded?.template.text).blueprint.request
            guard !request.isSameLab(as: running.state.request) else { continue }
            throw running.refusal(
                of: request,
                advice: "leave them out to measure the lab as it is, or leave --name out to measure a lab of its own")
        }
    }

    private func labsToBuild(_ options: [LabOptions], _ recorded: RecordedRun?) throws -> LabTurns.Source {
        let sources = try options.map { try template.read(options: $0, recorded: recorded?.template.text) }
        var told: Set<String> = []
        for warning in sources.flatMap(\.warnings) where told.insert(warning).inserted {
            Terminal.note(warning)
        }
        let blueprints = sources.map(\.blueprint)
        return .built(
            blueprints, name: try selection.name ?? ownName(for: blueprints[0].model), readyWithin: settings.readyWithin
        )
    }

    /// A name that no other rslab uses at the same time.
    private func ownName(for model: VPCModel) throws -> String {
        let number = "-\(getpid())"
        let name = String(model.name.prefix(LabSelection.nameLengthMax - number.count)) + number
        // A killed rslab may have had the same number.
        guard try runningLab(named: name, readyWithin: settings.readyWithin) == nil else {
            throw LabError("a lab '\(name)' is up", advice: "choose another name with --name")
        }
        return name
    }

    // MARK: Reporting

    private func report(_ sweep: Sweep) throws(OutputFailure) {
        let format = format.init(style: Terminal.style, width: Terminal.width)
        let runs = sweep.combinations.map(\.run)
        let text = runs.count == 1 ? format.render(runs[0]) : format.render(sweep)
        try Terminal.output(self.format.name == JSONFormat.name ? text : Terminal.fitted(text))
    }

    private func conclude(_ sweep: Sweep) throws {
        let runs = sweep.combinations.map(\.run)
        switch sweep.ended.reason {
        case .interrupted:
            Terminal.note(
                "rslab: interrupted after \(sweep.trialCount) of \(counted(sweep.ended.maximum, "trial"))")
            throw Outcome.interrupted
        case .failed:
            let advice = sweep.ended.advice.map { "; \($0)" } ?? ""
            Terminal.note("rslab: \(sweep.ended.problem ?? "failed")\(advice)")
            throw Outcome.failed
        case .completed, .targetReached, .maximumReached, .sweepEnded:
            break
        }
        if sweep.validCount < sweep.trialCount { throw Outcome.invalid }
        if runs.contains(where: { $0.budgets.contains { !$0.isMet } || !$0.brokenPromises.isEmpty }) {
            throw Outcome.overBudget
        }
    }
}
