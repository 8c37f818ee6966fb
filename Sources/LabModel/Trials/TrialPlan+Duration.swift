// SPDX-License-Identifier: MIT-0
internal import BFD
internal import Measurement
internal import RouteServer

extension TrialPlan {
    /// A guess at how long a trial takes, before the first one.
    package func usualDuration(on options: LabOptions) -> Duration {
        let hold = Milliseconds(Double(options.holdTimeSeconds ?? LabBlueprint.assumedHoldTimeSeconds) * 1000)
        var timers = SessionTimers(
            holdTime: hold > .zero ? hold : nil,
            bfdInterval: options.bfd.map { Milliseconds(nanoseconds: $0.interval.nanoseconds) },
            bfdMultiplier: options.bfd.map { Int($0.multiplier) })
        timers.programmingDelay = Milliseconds(options.routeServer.delays.ribToTable)
        // By default the target is the active instance; another's role for the traffic is not known yet.
        let fault = sequence.single.map {
            Fault($0.name, role: $0.target == nil ? .active : .bystander, parameters: $0.parameters)
        }
        // Before the fault, and until the sessions are back: a retry after a second, and the start of a daemon.
        let around = Duration.milliseconds(options.speaker == .builtin ? 1_500 : 5_000)
        return around + options.routeServer.longestDelay + course(of: fault, timers: timers).usualDuration
    }
}
