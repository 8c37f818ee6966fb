// SPDX-License-Identifier: MIT-0

/// What a trial waits for, and for how long: worked out before anything is done.
package struct TrialCourse: Hashable, Sendable {
    /// Probes before the first fault: enough to see that nothing is lost.
    package static let baseline = Duration.milliseconds(300)
    /// How long the first replies may take.
    package static let baselineLimit = Duration.seconds(5)
    /// How long the standby may take beyond what the timers allow.
    package static let followMargin = Duration.seconds(10)
    /// How long an instance that was put back may take to serve again, beyond what delays its routes on purpose and a
    /// speaker's own retry.
    package static let usualFailBackLimit = Duration.seconds(60)
    /// Users of a hold time of 90 s do not want each trial to wait for it.
    package static let longestWatchedTimer = Milliseconds(10_000)
    /// The fail-back of one fault is watched for at most this long.
    package static let longestFailBackValidation = Duration.seconds(1)
    /// The prober's own schedule, and what a fault that no timer has to find is random over.
    package static let shortestPhase = Duration.milliseconds(20)

    /// What is waited for once the last step was carried out.
    package enum Effect: Hashable, Sendable {
        /// The standby answers, within so much.
        case standbyServes(within: Duration)
        /// The time is over, or an instance answers that must not.
        case nothingMoves(during: Duration)
        /// The time is over, whatever comes.
        case watched(during: Duration)
    }

    /// What the first fault's instant is random over: the prober's schedule, and where a timer has to find the fault, the
    /// interval of what it waits for.
    package var phase: Duration
    /// Where a fault is still in place after the last step.
    package var effect: Effect
    /// Where none is: a timer that had nearly run out while one was may do so until the next message of its interval comes.
    package var effectOfNothing: Effect
    /// How long nothing may be lost once all is as before; nil where what is validated is that the standby serves.
    package var validation: Duration?
    /// How long the instance that was active is watched after it serves again.
    package var failBackValidation: Duration
    /// A guess at what a trial takes from its first fault on, without what sessions take to come back.
    package var usualDuration: Duration

    /// - Parameters:
    ///   - fault: the fault of a sequence that has no other, with what its target is to the traffic
    ///   - watchTime: how long to watch what need not move traffic; nil for the longest of the timers
    package init(
        _ sequence: FaultSequence, fault: Fault?, timers: SessionTimers, probing: ProbeSettings, watchTime: Duration?
    ) {
        let validation = probing.sustainedValidation.duration
        let isSilent = (fault?.name ?? sequence.faults.first?.name)?.signal == .silence
        phase = isSilent ? Self.phase(against: timers) : Self.shortestPhase
        let watch = watchTime ?? Self.watchTime(timers: timers, validation: validation)
        effect =
            switch fault?.expectation(timers: timers) {
            case .moves:
                .standbyServes(within: Self.detectionLimit(of: fault, timers: timers) + Self.followMargin)
            case .stays: .nothingMoves(during: watch)
            case .open, nil: .watched(during: watch)
            }
        let intervals = [timers.bfdInterval, timers.keepaliveInterval].compactMap(\.self)
        effectOfNothing = .watched(
            during: (intervals.filter { $0 <= Self.longestWatchedTimer }.max() ?? .zero).duration)
        failBackValidation = min(validation, Self.longestFailBackValidation)
        self.validation = sequence.isTakenBackWhenFollowed ? nil : validation
        usualDuration = sequence.length.duration + (self.validation ?? failBackValidation)
        // What a fault leaves that ends at an instant of its own is over soon.
        switch sequence.single == nil || sequence.isTakenBackWhenFollowed ? effect : effectOfNothing {
        case .standbyServes: usualDuration += Self.detectionLimit(of: fault, timers: timers) + validation
        case .nothingMoves(let time), .watched(let time): usualDuration += time
        }
    }

    private static func phase(against timers: SessionTimers) -> Duration {
        guard let keepalive = timers.keepaliveInterval, keepalive > .zero else { return shortestPhase }
        guard let interval = timers.bfdInterval, interval < keepalive else { return keepalive.duration }
        return max(interval.duration, shortestPhase)
    }

    private static func detectionLimit(of fault: Fault?, timers: SessionTimers) -> Duration {
        let detection = fault.flatMap { ExpectedWindow.detection(of: $0, timers: timers).upper } ?? .zero
        return (detection + (timers.programmingDelay ?? .zero)).duration
    }

    /// As long as a timer could take to find the fault, and the validation time.
    private static func watchTime(timers: SessionTimers, validation: Duration) -> Duration {
        [timers.holdTime, timers.bfdDetectionTime].compactMap(\.self).filter { $0 <= longestWatchedTimer }
            .map { $0.duration + validation / 2 }.reduce(validation, max)
    }
}
