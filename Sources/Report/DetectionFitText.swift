// SPDX-License-Identifier: MIT-0
import Measurement

/// How detection times compare with the distribution that theory gives them, in a sentence.
enum DetectionFitText {
    /// Nil if there are too few trials to say anything, or theory does not predict them anyway.
    static func sentence(of run: Run) -> (text: String, emphasis: Style.Emphasis)? {
        switch run.detectionFit {
        case .success(let fit): (sentence(fit), fit.verdict == .deviates ? .caution : .none)
        case .failure(.tooFewTrials), .failure(.window(.severalFaults)): nil
        case .failure(let reason):
            run.validTrials.count < DetectionFit.minimumCount ? nil : ("no law: \(reason.text)", .none)
        }
    }

    private static func sentence(_ fit: DetectionFit) -> String {
        let verb =
            switch fit.verdict {
            case .open: "against"
            case .fits: "fits"
            case .deviates: "DOES NOT FIT"
            }
        let percentile =
            fit.percentile95.map { ", p95 \($0.fixed(1)) (law \(fit.lawPercentile95.fixed(1)))" } ?? ""
        return "\(verb) \(fit.law.text), D = \(Milliseconds(fit.distance).fixed(3)),"
            + " p \(fit.p.probability.first == "<" ? "" : "= ")\(fit.p.probability) of \(fit.count);"
            + " median \(fit.median.fixed(1)) (law \(fit.lawMedian.fixed(1)))\(percentile) ms\(cause(fit))"
    }

    /// What explains a deviation, if it is known.
    private static func cause(_ fit: DetectionFit) -> String {
        guard fit.verdict == .deviates else { return "" }
        if let better = fit.better {
            return "; \(better.deviation.text) (D = \(Milliseconds(better.distance).fixed(3)))"
        }
        return fit.count < DetectionFit.namingMinimumCount
            ? "; why is named from \(DetectionFit.namingMinimumCount) trials on"
            : "; no deviation that is known here explains it"
    }
}

extension DetectionLaw {
    /// The timers and sessions: "BFD 50 ms x 3 on 2 sessions".
    var text: String {
        let sessions = sessionCount == 1 ? "" : " on \(sessionCount) sessions"
        return "\(timers.map(\.text).joined(separator: " or "))\(sessions)"
    }
}

extension DetectionLaw.Timer {
    fileprivate var text: String {
        switch kind {
        case .bfd: "BFD \(interval.text) x \(timeout.nanoseconds / max(interval.nanoseconds, 1))"
        case .holdTimer: "a hold timer of \(timeout.text) with a KEEPALIVE every \(interval.text)"
        }
    }
}

extension DetectionLaw.Deviation {
    fileprivate var text: String {
        switch self {
        case .noJitter: "messages without jitter explain it better"
        case .doubleInterval: "messages twice as far apart explain it better"
        case .inStep: "sessions in step explain it better"
        }
    }
}

extension NoDetectionLaw {
    fileprivate var text: String {
        switch self {
        case .window(.update), .window(.cease), .window(.connectionClosed): "detection takes no timer"
        case .window(.noTimer): "no timer runs"
        case .window: "nothing detects the fault in a way that moves the traffic"
        case .unknownSender: "how the speaker draws its intervals is not known"
        case .sessionsDiffer: "the sessions' timers differ"
        case .noSession: "the instance has no session"
        case .trialsDiffer: "the trials' timers differ"
        case .tooFewTrials: "too few valid trials"
        }
    }
}
