// SPDX-License-Identifier: MIT-0
internal import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
internal import WireFormat

/// Trials of one combination of fault and settings, or of several in turns.
///
/// What was measured is kept, however it ends.
package final class FailoverRun {
    /// What all trials of one run have in common.
    package struct Combination: Sendable {
        package var settings: Sweep.Settings
        package var plan: TrialPlan
        /// The lab on which it is measured.
        package var lab: Int

        package init(settings: Sweep.Settings, plan: TrialPlan, lab: Int) {
            self.settings = settings
            self.plan = plan
            self.lab = lab
        }
    }

    /// How far a run has come, for a progress display.
    package struct Progress: Sendable {
        /// Counted from 1 over all combinations.
        package var trial: Int
        package var trialCount: Int
        /// What is being measured; nil if there is only one combination.
        package var settings: Sweep.Settings?
        package var step: FailoverTrial.Progress
        /// For the whole run; an upper bound if it may end earlier.
        package var timeLeft: Duration
        package var mayEndEarlier: Bool
    }

    private let combinations: [Combination]
    private let length: RunLength
    private let seed: UInt64
    private let labs: LabTurns
    private let version: String
    private let onProgress: (Progress) -> Void
    /// Called with each trial when it is complete; what it throws ends the run.
    package var onMeasured: (MeasuredTrial) throws -> Void = { _ in }

    package var combinationCount: Int { combinations.count }

    private var randoms: [SeededGenerator]
    private var order: SweepOrder
    private var runs: [Run]
    private var timeLeft: TimeLeft

    /// There must be at least one combination.
    package init(
        _ combinations: [Combination], length: RunLength, seed: UInt64, labs: LabTurns, version: String,
        provenance: RunProvenance, onProgress: @escaping (Progress) -> Void
    ) {
        self.combinations = combinations
        self.length = length
        self.seed = seed
        self.labs = labs
        self.version = version
        self.onProgress = onProgress
        order = SweepOrder(seed: seed, combinationCount: combinations.count)
        randoms = order.combinationSeeds.map(SeededGenerator.init)
        var environment = RunEnvironment.current(versions: ["rslab": version])
        environment.provenance = provenance
        runs = order.combinationSeeds.map {
            Run(lab: labs.labName, seed: $0, environment: environment, settings: nil, trials: [])
        }
        timeLeft = TimeLeft(
            guesses: combinations.map { $0.plan.usualDuration(on: labs.options($0.lab)) })
    }

    /// Measures until every combination is complete, or it is interrupted, or something fails.
    ///
    /// - Throws: the failure, if nothing was measured yet. Otherwise the failure is in the result.
    package func run() throws -> Sweep {
        let environment = runs[0].environment
        var rounds: [[Int]] = []
        var reason = RunEnd.Reason.completed
        var failure: LabError?
        do {
            do {
                while runs.contains(where: { $0.ended == nil }) {
                    rounds.append([])
                    for index in order.nextRound() where runs[index].ended == nil {
                        rounds[rounds.count - 1].append(index)
                        try measureNext(of: index)
                    }
                }
            } catch {
                do {
                    try labs.end()
                } catch let second {
                    throw LabError(
                        "\(error); and the lab could not be restored: \(second)",
                        advice: "run 'rslab restore', or 'rslab down'")
                }
                throw error
            }
            try labs.end()
            if length.target != nil {
                reason = runs.allSatisfy { $0.ended?.reason == .targetReached } ? .targetReached : .maximumReached
            }
        } catch is Interrupted {
            reason = .interrupted
        } catch {
            guard runs.contains(where: { !$0.trials.isEmpty }) else { throw error }
            reason = .failed
            failure = error as? LabError ?? LabError("\(error)")
        }
        let ended = RunEnd(
            reason, maximum: length.maximum * runs.count, problem: failure?.problem, advice: failure?.advice)
        finish(ended, cutShort: rounds.last?.last)
        return Sweep(
            seed: seed, environment: environment,
            combinations: zip(combinations, runs).map { .init(settings: $0.settings, run: $1) }, order: rounds,
            ended: ended)
    }

    /// Records for every run that has not ended by itself why it has no further trial.
    private func finish(_ ended: RunEnd, cutShort: Int?) {
        for index in runs.indices {
            runs[index].precision = length.target?.assess(runs[index].trials)
            guard runs[index].ended == nil else { continue }
            runs[index].ended =
                index == cutShort
                ? RunEnd(ended.reason, maximum: length.maximum, problem: ended.problem, advice: ended.advice)
                : RunEnd(.sweepEnded, maximum: length.maximum)
        }
    }

    private func measureNext(of index: Int) throws {
        let start = Instant.now
        let combination = combinations[index]
        let lab = try labs.lab(combination.lab, for: combination.plan)
        let random = SeededGenerator(seed: randoms[index].next())
        let number = runs[index].trials.count + 1
        let (trial, records) = try lab.measure(combination.plan, number: number, random: random) {
            [unowned self] step in
            onProgress(progress(step, of: index, since: start))
        }
        runs[index].trials.append(trial)
        runs[index].settings = runs[index].settings ?? trial.settings
        runs[index].environment.conditions = lab.conditions
        runs[index].environment.settings = lab.lab.state.statedSettings
        runs[index].environment.provenance?.record(lab.lab.state)
        runs[index].ended = length.end(after: runs[index].trials).map { RunEnd($0, maximum: length.maximum) }
        timeLeft.record(.now - start, of: index)
        try onMeasured(MeasuredTrial(run: index, trial: trial, records: records, lab: lab.lab))
        // A request to stop during the end of a trial applies to the whole run.
        if lab.isInterrupted, runs.contains(where: { $0.ended == nil }) { throw Interrupted() }
    }

    private func progress(_ step: FailoverTrial.Progress, of index: Int, since start: Instant) -> Progress {
        let left = runs.map { $0.ended == nil ? length.maximum - $0.trials.count : 0 }
        let done = runs.reduce(0) { $0 + $1.trials.count }
        return Progress(
            trial: done + 1, trialCount: done + left.reduce(0, +),
            settings: combinations.count > 1 ? combinations[index].settings : nil, step: step,
            timeLeft: timeLeft.left(left, current: (index, .now - start)), mayEndEarlier: length.target != nil)
    }
}
