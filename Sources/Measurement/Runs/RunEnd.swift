// SPDX-License-Identifier: MIT-0

/// How many trials a run is to have.
package struct RunLength: Hashable, Sendable, Codable {
    /// Valid or not.
    package var maximum: Int
    /// The run may end earlier, once this is reached.
    package var target: PrecisionTarget?

    /// What a run with a target may take unless told; two hundred trials bound the 98th percentile.
    package static let usualMaximumWithTarget = 200

    package init(maximum: Int, target: PrecisionTarget? = nil) {
        self.maximum = maximum
        self.target = target
    }

    /// Whether that is all, and why; nil while there is more to do.
    package func end(after trials: [Trial]) -> RunEnd.Reason? {
        if let target, target.assess(trials).isReached { return .targetReached }
        guard trials.count >= maximum else { return nil }
        return target == nil ? .completed : .maximumReached
    }
}

/// Why a run has no further trial.
package struct RunEnd: Hashable, Sendable, Codable {
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        /// It has as many trials as were asked for.
        case completed
        /// What was to be known is known as well as was asked for.
        case targetReached = "target-reached"
        /// It is not, after as many trials as were allowed.
        case maximumReached = "maximum-reached"
        /// The user, or whoever ends processes here, asked to stop.
        case interrupted
        /// rslab or the lab failed.
        case failed
        /// Another run of the same sweep was interrupted, or failed.
        case sweepEnded = "sweep-ended"
    }

    package var reason: Reason
    /// How many trials it was to have, or with a target at most.
    package var maximum: Int
    /// The failure in a sentence, and what to do about it.
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

    /// A failure as every verb's JSON has it, under the key `error`.
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
