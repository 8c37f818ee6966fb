// SPDX-License-Identifier: MIT-0
import WireFormat

/// What a trial waits for and how long, computed before the trial starts.
package struct TrialCourse: Hashable, Sendable {
    /// How long to probe before the first fault: enough to see that nothing is lost.
    package static let baseline = Duration.milliseconds(200)
    /// The limit for the first replies.
    package static let baselineLimit = Duration.seconds(5)
    /// How long the standby may take in addition to the timers.
    package static let followMargin = Duration.seconds(10)
    /// How long a restored instance may take to serve again, in addition to configured route delays and the speaker's
    /// retry interval.
    package static let usualFailBackLimit = Duration.seconds(60)
    /// Longer timers are not waited for: a trial should not take 90 s because the hold time does.
    package static let longestWatchedTimer = Milliseconds(10_000)
    /// The fail-back of one fault is watched for half as long as its effect, and for at most this long.
    package static let longestFailBackValidation = Duration.seconds(1)
    /// The phase of a fault that no timer has to detect: it only depends on the prober's schedule.
    package static let shortestPhase = Duration.milliseconds(20)

    /// What to wait for after the last step.
    package enum Effect: Hashable, Sendable {
        /// Until the standby answers, with a limit.
        case standbyServes(within: Duration)
        /// Until the time has passed, or a standby answers although none should.
        case nothingMoves(during: Duration)
        /// Until the time has passed.
        case watched(during: Duration)
    }

    /// The first fault comes at a random instant within this time: whole intervals of the prober's schedule, and no less
    /// than the interval of the messages whose absence a timer has to detect.
    package var phase: Duration
    /// If a fault is still in place after the last step.
    package var effect: Effect
    /// If none is: a timer that had nearly expired may still do so until the next message of its interval arrives.
    package var effectOfNothing: Effect
    /// How long nothing may be lost once everything is as before; nil if the standby's service is validated instead.
    package var validation: Duration?
    /// How long the formerly active instance is watched after it serves again.
    package var failBackValidation: Duration
    /// An estimate of a trial's duration from its first fault on, without the time that sessions take to return.
    package var usualDuration: Duration

    /// Computes the course of a trial.
    ///
    /// - Parameters:
    ///   - fault: the only fault of the sequence, with its target's role for the traffic; nil if there are several
    ///   - watchTime: how long to watch faults that need not move traffic; nil for the longest of the timers
    package init(
        _ sequence: FaultSequence, fault: Fault?, timers: SessionTimers, probing: ProbeSettings, watchTime: Duration?
    ) {
        let validation = probing.sustainedValidation.duration
        let isSilent = (fault?.name ?? sequence.faults.first?.name)?.signal == .silence
        let concerned = fault.map { timers.concerned(by: $0.description.sights) } ?? timers
        // Whole intervals of the prober: the phase is drawn over its schedule, too.
        let phase = isSilent ? Self.phase(against: concerned) : Self.shortestPhase
        let intervals = (phase.nanoseconds - 1) / max(probing.interval.nanoseconds, 1) + 1
        self.phase = probing.interval.times(Int(intervals)).duration
        let watch = watchTime ?? Self.watchTime(timers: timers, validation: validation)
        effect =
            switch fault?.expectation(timers: timers) {
            case .moves:
                .standbyServes(within: Self.detectionLimit(of: fault, timers: timers) + Self.followMargin)
            case .stays: .nothingMoves(during: watch)
            case .open, nil: .watched(during: watch)
            }
        let messageIntervals = [timers.bfdInterval, timers.keepaliveInterval].compactMap(\.self)
        effectOfNothing = .watched(
            during: (messageIntervals.filter { $0 <= Self.longestWatchedTimer }.max() ?? .zero).duration)
        failBackValidation = min(validation / 2, Self.longestFailBackValidation)
        self.validation = sequence.isTakenBackWhenFollowed ? nil : validation
        usualDuration = sequence.length.duration + (self.validation ?? failBackValidation)
        // The effects of a fault that ends at a given instant are over soon after it.
        switch sequence.single == nil || sequence.isTakenBackWhenFollowed ? effect : effectOfNothing {
        case .standbyServes: usualDuration += Self.detectionLimit(of: fault, timers: timers) + validation
        case .nothingMoves(let time), .watched(let time): usualDuration += time
        }
    }

    /// The interval of the messages that come most often: a timer that waits for others takes longer.
    private static func phase(against timers: SessionTimers) -> Duration {
        let intervals = [timers.bfdInterval, timers.holdTime.map(timers.keepalive)].compactMap(\.self)
        return max(intervals.min()?.duration ?? .zero, shortestPhase)
    }

    private static func detectionLimit(of fault: Fault?, timers: SessionTimers) -> Duration {
        let detection = fault.flatMap { ExpectedWindow.detection(of: $0, timers: timers).upper } ?? .zero
        return (detection + (timers.programmingDelay ?? .zero)).duration
    }

    /// As long as a timer could take to detect the fault, and at least the validation time.
    private static func watchTime(timers: SessionTimers, validation: Duration) -> Duration {
        [timers.holdTime, timers.bfdDetectionTime].compactMap(\.self).filter { $0 <= longestWatchedTimer }
            .map { $0.duration + validation / 2 }.reduce(validation, max)
    }
}
