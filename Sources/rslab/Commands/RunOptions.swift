// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement

/// How often to measure, and what the result is compared with.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many times to measure; once by default. With --until the maximum; \(RunLength.usualMaximumWithTarget)"
                + " by default.", valueName: "N"))
    var trials: Int?
    @Option(
        help: ArgumentHelp(
            "Measure until a quantile is known this precisely, such as 'p95 within 10 %' (of the outage) or"
                + " 'convergence.median within 5ms': until both ends of its 95 % interval are that close.",
            valueName: "[FIGURE.]STATISTIC within DISTANCE"))
    var until: PrecisionTarget?
    @Option(
        help: ArgumentHelp(
            "The limit, such as 200ms (every outage), p95=200ms or convergence.median=5ms; repeatable. An outage"
                + " is judged by its bracket's upper end. With a confidence, as in 'p95=200ms with 95 %', so many trials"
                + " are needed that chance does not decide (59 for this one). If missed, or not shown to be met: exit"
                + " status 1. A number alone is in milliseconds.",
            valueName: "[FIGURE.][STATISTIC=]TIME"))
    var budget: [Budget] = []
    @Option(help: ArgumentHelp("Repeat the random phases, and the order, of an earlier run.", valueName: "SEED"))
    var seed: UInt64?

    /// Whether any of these options was given.
    var isGiven: Bool { trials != nil || until != nil || !budget.isEmpty || seed != nil }

    var length: RunLength {
        RunLength(maximum: trials ?? (until == nil ? 1 : RunLength.usualMaximumWithTarget), target: until)
    }

    func validate() throws {
        guard (1...10_000).contains(length.maximum) else { throw ValidationError("--trials takes 1 to 10000") }
        if let until, length.maximum < until.minimumCount {
            throw ValidationError(
                "--until '\(until)' takes \(until.minimumCount) trials and more: below, a \(until.statistic.rawValue) has"
                    + " no interval that holds it with 95 %")
        }
    }
}

extension PrecisionTarget: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

extension Budget: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
