// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement

/// How often to measure, and what the result is held against.
struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many times to measure; once unless told.", valueName: "N"))
    var trials: Int?
    @Option(
        help: ArgumentHelp(
            "What it may cost, such as 200ms (every outage), p95=200ms or convergence.median=5ms; repeatable. An outage"
                + " is judged by its bracket's upper end. Missed: exit status 1.",
            valueName: "[FIGURE.][STATISTIC=]TIME"))
    var budget: [Budget] = []
    @Option(help: ArgumentHelp("Repeat the random phases of an earlier run.", valueName: "SEED"))
    var seed: UInt64?

    /// Whether any of them was given.
    var isGiven: Bool { trials != nil || !budget.isEmpty || seed != nil }

    var trialCount: Int { trials ?? 1 }

    func validate() throws {
        guard (1...10_000).contains(trialCount) else { throw ValidationError("--trials takes 1 to 10000") }
    }
}

extension Budget: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
