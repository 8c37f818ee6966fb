// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

extension Scenario {
    /// Many trials, a target, and a lab that broke.
    static let failedRun = Scenario(name: "run-failed") {
        var timers = SessionTimers(holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(50), bfdMultiplier: 3)
        timers.sender = .rslab
        var random = SeededGenerator(seed: 6)
        var known: [UInt64: Trial] = [:]
        var run = Self.run(
            try (1...60).map { number -> Trial in
                let lost = UInt64.random(in: 100...150, using: &random)
                // Trials that differ in nothing but their numbers are measured once.
                var trial =
                    try known[lost]
                    ?? story(
                        number: number, fault: .blackhole, lost: lost,
                        detected: [Int64(lost) * 1_000 - 20_000, Int64(lost) * 1_000 - 700],
                        timers: timers,
                        quiet: 200, probesAfter: 300, end: 0, validation: brief)
                known[lost] = trial
                trial.number = number
                return trial
            })
        run.precision = PrecisionTarget(statistic: .p95, distance: .time(Milliseconds(1))).assess(run.trials)
        run.budgets = [160, 130].map {
            Budget(statistic: .p95, limit: Milliseconds($0), confidence: 0.95).judge(run.trials)
        }
        run.ended = RunEnd(
            .failed, maximum: 200, problem: "instance-rs-az1 did not take the traffic back within 60 s",
            advice: "see 'rslab neighbors'")
        return .run(run)
    }

    /// Two faults with and without BFD, one over its budget, one interrupted.
    static let sweep = Scenario(name: "sweep-of-4") {
        let stories: [(FaultName, String, [UInt64])] = [
            (FaultName.terminate, "50msx3", [0, 0, 0]), (.terminate, "300msx3", [0, 0, 0]),
            (.blackhole, "50msx3", [112, 140, 131]), (.blackhole, "300msx3", [655, 871]),
        ]
        let combinations = try stories.map { fault, bfd, losses -> Sweep.Combination in
            let interval = Milliseconds(bfd == "50msx3" ? 50 : 300)
            var run = Self.run(
                try losses.enumerated().map { index, lost -> Trial in
                    let detected = lost == 0 ? 1_300 : Int64(lost) * 1_000 - 700
                    return try story(
                        number: index + 1, fault: fault, lost: lost, detected: [detected - 400, detected],
                        timers: SessionTimers(
                            holdTime: Milliseconds(90_000), bfdInterval: interval, bfdMultiplier: 3),
                        quiet: 200, probesAfter: 300, end: 0, validation: brief)
                })
            run.ended = RunEnd(losses.count == 3 ? .completed : .interrupted, maximum: 3)
            if fault == .terminate, interval == Milliseconds(50) {
                run.trials[1].validity.reasons = Self.disturbed
            }
            run.budgets = [
                Budget(limit: Milliseconds(200)),
                Budget(statistic: .median, limit: Milliseconds(150), confidence: 0.8),
            ].map { $0.judge(run.trials) }
            return Sweep.Combination(settings: .init(fault: fault, speaker: "builtin", bfd: bfd), run: run)
        }
        return .sweep(
            Sweep(
                seed: 20_251_123, environment: combinations[0].run.environment, combinations: combinations,
                order: [[0, 3, 2, 1], [2, 1, 0, 3], [1, 2, 0, 3]], ended: RunEnd(.interrupted, maximum: 12)))
    }

    /// The same speaker twice, and another one that is slower; a trial of the first round is not valid.
    static let equalSweep = Scenario(name: "sweep-of-equals") {
        var random = SeededGenerator(seed: 8)
        let settings = Sweep.Settings.numbered(
            ["builtin", "builtin", "bird"].map { .init(fault: .blackhole, speaker: $0, bfd: "50msx3") })
        let combinations = try settings.map { settings -> Sweep.Combination in
            var run = Self.run(
                try (1...10).map { number -> Trial in
                    let lost = UInt64.random(in: 100...150, using: &random) + (settings.speaker == "bird" ? 40 : 0)
                    let detected = Int64(lost) * 1_000 - 700
                    var timers = SessionTimers(
                        holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(50), bfdMultiplier: 3)
                    timers.sender = settings.speaker == "builtin" ? .rslab : .daemon
                    return try story(
                        number: number, fault: .blackhole, lost: lost, detected: [detected - 400, detected],
                        timers: timers, quiet: 200, probesAfter: 300, end: 0, validation: brief)
                })
            run.ended = RunEnd(.completed, maximum: 10)
            if settings.repetition == 2 {
                run.trials[0].validity.reasons = [Self.disturbed[1]]
            }
            return Sweep.Combination(settings: settings, run: run)
        }
        return .sweep(
            Sweep(
                seed: 8, environment: combinations[0].run.environment, combinations: combinations,
                order: Array(repeating: [0, 1, 2], count: 10), ended: RunEnd(.completed, maximum: 30)))
    }
}
