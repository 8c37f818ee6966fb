// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LabModel
internal import Measurement
internal import RouteServer

extension TrialPlan {
    /// A guess at how long a trial takes, before there was one.
    func usualDuration(on options: LabOptions) -> Duration {
        let hold = Milliseconds(Double(options.holdTimeSeconds ?? LabBlueprint.assumedHoldTimeSeconds) * 1000)
        let timers = SessionTimers(
            holdTime: hold > .zero ? hold : nil,
            bfdInterval: options.bfd.map { Milliseconds(nanoseconds: $0.interval.nanoseconds) },
            bfdMultiplier: options.bfd.map { Int($0.multiplier) })
        // Without a target it is the active instance; what another is to the traffic is not known yet.
        let planned = Fault(fault, role: target == nil ? .active : .bystander, parameters: parameters)
        let detection = ExpectedWindow.detection(of: planned, timers: timers)
        let validation = probing.sustainedValidation.duration
        let isWatched = planned.expectation(timers: timers) != .moves
        // Before the fault, and until the sessions are back: a second's retry, and what a daemon takes to start.
        let around = Duration.milliseconds(options.speaker == .builtin ? 1_500 : 5_000)
        guard !isWatched else { return around + (watchTime ?? validation) + min(validation, .seconds(1)) }
        let delays = options.routeServer.longestDelay + options.routeServer.delays.ribToTable
        return around + delays + (detection.upper ?? .zero).duration + validation + min(validation, .seconds(1))
    }
}
