// SPDX-License-Identifier: MIT-0
internal import Blueprints
internal import CloudFormation
internal import FaultScript
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import Report
internal import Trials
internal import VPC

extension Failover {
    /// The word for the script that the template itself holds.
    private static let ofTemplate = "template"

    private struct Played: Encodable {
        var schema = 1
        var sequence: FaultSequence
        var steps: [SequenceTrial.Step]
    }

    /// Carries out a sequence of faults, and measures it where that is asked for.
    func play(_ script: String) throws {
        // A mistake in a file is told before any lab is built.
        let file = script == Self.ofTemplate ? nil : try Self.sequence(inFile: script)
        guard measure else {
            let lab = try selection.open()
            try lab.takeLock()
            let sequence = try file ?? sequence(inTemplateOf: lab)
            let steps = try lab.play(sequence, interruption: Entry.interruption.get())
            if output.json { return Outcome.print(Played(sequence: sequence, steps: steps)) }
            print(steps.map(\.text).joined(separator: "\n"))
            guard !lab.state.faults.isEmpty else { return }
            return print("Put back what is still in place with 'rslab restore'.")
        }
        let run = try withLab { lab in try measure(file ?? sequence(inTemplateOf: lab), on: lab) }
        Terminal.endProgress()
        if output.json {
            Outcome.print(run)
        } else {
            let text = TextReport(style: Terminal.style)
            for trial in run.trials { print(text.render(trial)) }
            print(text.render(run.environment.settings ?? []), terminator: "")
        }
        if !run.trials.allSatisfy(\.validity.isValid) { throw Outcome.invalid }
    }

    /// Lends a lab without a fault: the one that runs, or one that is brought up for this and taken down afterwards.
    private func withLab<Result>(_ body: (Lab) throws -> Result) throws -> Result {
        if let directory = try selection.directory(), let running = try runningLab(named: directory.labName) {
            try requireNothingToBuild(for: running)
            try running.takeLock()
            try running.requireNoFault()
            return try body(running)
        }
        let source = try template.read(options: settings.combinations[0])
        source.warnings.forEach(Terminal.note)
        let deployment = try Deployment(
            source.blueprint, name: selection.name ?? source.blueprint.model.name,
            interruption: Entry.interruption.get()
        ) { [settings] in ProgressLine.show($0, within: settings.readyWithin) }
        let lab = try deployment.run(keep: false, readyWithin: settings.readyWithin)
        // Letting go of its lifeline ends it even where this fails.
        defer { try? Lab.end(lab) }
        return try body(lab)
    }

    private func measure(_ sequence: FaultSequence, on lab: Lab) throws -> SequenceRun {
        let environment = lab.runEnvironment(version: RSLab.version)
        var trials: [SequenceTrial] = []
        let count = runOptions.length.maximum
        for number in 1...count {
            let measurement = try SequenceMeasurement(
                sequence, lab: lab, plan: plan(FaultRequest(.soak, parameters: FaultParameters(duration: faultOptions.duration?.values.first))), interruption: Entry.interruption.get()
            ) { ProgressLine.show($0, trial: number, of: count) }
            trials.append(try measurement.run(number: number))
        }
        return SequenceRun(lab: lab.name, environment: environment, sequence: sequence, trials: trials)
    }

    private static func sequence(inFile path: String) throws -> FaultSequence {
        try FaultSequence(script: text(of: path), file: path)
    }

    private func sequence(inTemplateOf lab: Lab) throws -> FaultSequence {
        let file = template.template ?? lab.state.source
        let text = file == TemplateReading.builtinName ? BuiltinTemplate.text : try Self.text(of: file)
        return try FaultSequence(metadataOf: text, file: file)
    }

    private static func text(of path: String) throws -> String {
        do throws(SystemError) {
            return try readTextFile(path)
        } catch {
            throw LabError("cannot read \(path)", because: error)
        }
    }
}
