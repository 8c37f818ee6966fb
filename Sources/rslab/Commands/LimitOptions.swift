// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement

/// Up to where a trial counts as undisturbed.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a valid trial may have of something, repeatable: foreign-cpu=25%, steal=5%, prober-lateness=5ms or"
                + " timer-lateness=5ms (the usual ones). Exceeded: the trial is invalid.",
            valueName: "NAME=VALUE"))
    var limit: [LimitSetting] = []

    /// Whether any of them was given.
    var isGiven: Bool { !limit.isEmpty }

    var limits: Validity.Limits {
        var limits = Validity.Limits()
        for setting in limit { setting.apply(to: &limits) }
        return limits
    }
}

extension LimitSetting: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
