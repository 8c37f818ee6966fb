// SPDX-License-Identifier: MIT-0

/// How many trials a run should have.
package struct RunLength: Hashable, Sendable, Codable {
    /// Counts valid and invalid trials.
    package var maximum: Int
    /// If reached, the run ends earlier.
    package var target: PrecisionTarget?

    /// The default maximum of a run with a target; two hundred trials bound the 98th percentile.
    package static let usualMaximumWithTarget = 200

    package init(maximum: Int, target: PrecisionTarget? = nil) {
        self.maximum = maximum
        self.target = target
    }

    /// Why the run is complete; nil while it is not.
    package func end(after trials: [Trial]) -> RunEnd.Reason? {
        if let target, target.assess(trials).isReached { return .targetReached }
        guard trials.count >= maximum else { return nil }
        return target == nil ? .completed : .maximumReached
    }
}

/// Why a run has no further trial.
package struct RunEnd: Hashable, Sendable, Codable {
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        /// It has as many trials as requested.
        case completed
        /// The figure is known with the requested precision.
        case targetReached = "target-reached"
        /// The maximum was reached before the requested precision.
        case maximumReached = "maximum-reached"
        /// The user, or another process by a signal, asked to stop.
        case interrupted
        /// rslab or the lab failed.
        case failed
        /// Another run of the same sweep was interrupted, or failed.
        case sweepEnded = "sweep-ended"
    }

    package var reason: Reason
    /// How many trials were requested; with a target, the maximum.
    package var maximum: Int
    /// The failure in a sentence, with advice.
    package var problem: String?
    package var advice: String?

    package init(_ reason: Reason, maximum: Int, problem: String? = nil, advice: String? = nil) {
        self.reason = reason
        self.maximum = maximum
        self.problem = problem
        self.advice = advice
    }

    /// Whether it was cut short.
    package var isPremature: Bool { [.interrupted, .failed, .sweepEnded].contains(reason) }

    /// A failure as in every verb's JSON, under the key `error`.
    struct Failure: Hashable, Sendable, Encodable {
        var problem: String
        var advice: String?
    }

    var failure: Failure? { problem.map { Failure(problem: $0, advice: advice) } }

    private enum CodingKeys: String, CodingKey {
        case reason, problem, advice
        case maximum = "max_trials"
    }
}
