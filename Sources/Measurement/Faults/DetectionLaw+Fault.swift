// SPDX-License-Identifier: MIT-0

/// Why there is no distribution to compare detection times with.
package enum NoDetectionLaw: Error, Hashable, Sendable {
    /// No timer detects the fault, for the reason that its window gives.
    case window(WindowReason.Kind)
    /// A daemon sends the messages, and how it draws its intervals is not known.
    case unknownSender
    /// The sessions' timers are not the same.
    case sessionsDiffer
    case noSession
    /// The trials had different timers or faults.
    case trialsDiffer
    /// Fewer valid trials with a detection time than show anything.
    case tooFewTrials
}

extension DetectionLaw {
    /// The law of a fault's detection, from the same facts as `ExpectedWindow.detection`.
    ///
    /// - Parameter sessionCount: how many sessions the active instance has, all of which must be down.
    package init(of fault: Fault, timers: SessionTimers, sessionCount: Int) throws(NoDetectionLaw) {
        let concerned: SessionTimers
        switch Detector(of: fault, timers: timers) {
        case .nothing(let reason): throw .window(reason.kind)
        case .atOnce(let reason, _): throw .window(reason)
        case .timers(let timers): concerned = timers
        }
        let all = Self.timers(concerned)
        guard let upper = all.map(\.timeout).min() else { throw .window(.noTimer) }
        guard sessionCount > 0 else { throw .noSession }
        guard timers.sessionsDiffer != true else { throw .sessionsDiffer }
        guard timers.sender == .rslab else { throw .unknownSender }
        // A timer that cannot expire before another one must does not count.
        self.init(
            timers: all.filter { $0.timeout - $0.spacing.longest < upper }, sessionCount: sessionCount)
    }

    private static func timers(_ timers: SessionTimers) -> [Timer] {
        var all: [Timer] = []
        if let interval = timers.bfdInterval, let multiplier = timers.bfdMultiplier, multiplier > 0 {
            all.append(
                Timer(
                    kind: .bfd, timeout: interval.times(multiplier), interval: interval,
                    spacing: .bfd(interval: interval, multiplier: multiplier)))
        }
        if let holdTime = timers.holdTime {
            let interval = timers.keepalive(of: holdTime)
            all.append(
                Timer(
                    kind: .holdTimer, timeout: holdTime, interval: interval, spacing: .keepalives(interval: interval)))
        }
        return all
    }
}

extension NoDetectionLaw: RawRepresentable, Codable {
    package init?(rawValue: String) {
        switch rawValue {
        case "unknown-sender": self = .unknownSender
        case "sessions-differ": self = .sessionsDiffer
        case "no-session": self = .noSession
        case "trials-differ": self = .trialsDiffer
        case "too-few-trials": self = .tooFewTrials
        default:
            guard let kind = WindowReason.Kind(rawValue: rawValue) else { return nil }
            self = .window(kind)
        }
    }

    /// In JSON; the reasons of windows as there.
    package var rawValue: String {
        switch self {
        case .window(let kind): kind.rawValue
        case .unknownSender: "unknown-sender"
        case .sessionsDiffer: "sessions-differ"
        case .noSession: "no-session"
        case .trialsDiffer: "trials-differ"
        case .tooFewTrials: "too-few-trials"
        }
    }
}
