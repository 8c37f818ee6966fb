// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement

/// The limits within which a trial counts as undisturbed.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A limit of a valid trial, repeatable: foreign-cpu=25%, steal=5%, prober-lateness=5ms or"
                + " timer-lateness=5ms (the defaults). If exceeded, the trial is invalid.",
            valueName: "NAME=VALUE"))
    var limit: [LimitSetting] = []

    /// Whether any of these options was given.
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
