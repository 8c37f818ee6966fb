// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// How closely a failover is observed, and for how long afterwards.
struct ProbeOptions: ParsableArguments {
    @Option(help: .time("Time between probes, such as 100us; 1ms by default.", numberIn: .milliseconds))
    var interval: TimeArgument<InMilliseconds>?
    @Option(help: .time("How long nothing may be lost after recovery; 5s by default.", numberIn: .seconds))
    var validation: TimeArgument<InSeconds>?

    @Option(
        help: .time(
            "How late a reply counts as a loss; by default ten round trips, at least 100ms.", numberIn: .milliseconds))
    var lostAfter: TimeArgument<InMilliseconds>?

    @Flag(
        help: ArgumentHelp(
            "Hold the outage against a second, independent prober on the test host, and against stamps of the packets in the"
                + " router."))
    var witness = false

    /// Whether any of these options was given.
    var isGiven: Bool { witness || interval != nil || validation != nil || lostAfter != nil }

    private var probeInterval: Duration { interval?.duration ?? .milliseconds(1) }
    private var validationTime: Duration { validation?.duration ?? .seconds(5) }

    func validate() throws {
        guard probeInterval >= .microseconds(100), probeInterval <= .seconds(1) else {
            throw ValidationError("--interval takes 100us to 1s")
        }
        if let lostAfter = lostAfter?.duration, lostAfter < .milliseconds(1) || lostAfter > .seconds(60) {
            throw ValidationError("--lost-after takes 1ms to 60s")
        }
        guard validationTime >= .zero, validationTime <= .seconds(600) else {
            throw ValidationError("--validation takes 0s to 600s")
        }
    }

    var settings: ProbeSettings {
        ProbeSettings(
            interval: Milliseconds(nanoseconds: probeInterval.nanoseconds),
            forwardingDelayThreshold: lostAfter.map { Milliseconds($0.duration) } ?? ProbeSettings.usualThreshold,
            derivesThreshold: lostAfter == nil,
            sustainedValidation: Milliseconds(nanoseconds: validationTime.nanoseconds))
    }
}
