// SPDX-License-Identifier: MIT-0

/// Whether a trial's figures can be trusted, and if not, why.
package struct Validity: Hashable, Sendable, Codable {
    /// The limits within which a trial counts as undisturbed.
    package struct Limits: Hashable, Sendable, Codable {
        /// The greatest lateness of a probe.
        package var proberLateness: Milliseconds
        /// The share of all CPUs that other processes may use: 0...1.
        package var foreignCPUShare: Double
        /// The share of all CPUs' time that a hypervisor may give to other guests: 0...1.
        package var stealShare: Double
        /// The greatest lateness of a node's timers.
        package var timerLateness: Milliseconds

        package init(
            proberLateness: Milliseconds = Milliseconds(5), foreignCPUShare: Double = 0.25, stealShare: Double = 0.05,
            timerLateness: Milliseconds = Milliseconds(5)
        ) {
            self.proberLateness = proberLateness
            self.foreignCPUShare = foreignCPUShare
            self.stealShare = stealShare
            self.timerLateness = timerLateness
        }

        private enum CodingKeys: String, CodingKey {
            case proberLateness = "max_prober_lateness_ms"
            case foreignCPUShare = "max_foreign_cpu"
            case stealShare = "max_steal"
            case timerLateness = "max_timer_lateness_ms"
        }
    }

    package enum Doubt: String, Hashable, Sendable, Codable, CaseIterable {
        case lossBefore = "loss-before-fault"
        case lossAfter = "loss-after-convergence"
        /// The measurement ended before the sustained validation time had passed.
        case notValidated = "validation-cut-short"
        /// The standby never answered.
        case notConverged = "not-converged"
        /// The standby answered, which the fault must not cause.
        case moved = "traffic-moved"
        /// The active instance did not answer before the fault.
        case activeSilent = "active-silent"
        case standbyEarly = "standby-answered-before-fault"
        case unknownResponder = "unknown-responder"
        case proberLate = "prober-late"
        case foreignCPU = "foreign-cpu"
        /// The hypervisor ran other guests on these CPUs.
        case steal
        /// A node was woken late for its timers.
        case timerLate = "timer-late"
        /// The kernel's clock is too coarse for what is measured.
        case coarseClock = "coarse-clock"
        /// The watcher missed route changes: too many came at once.
        case eventsDropped = "events-dropped"
        /// The prober ended without its closing record, so records may be missing.
        case proberDied = "prober-died"
        /// The applications' client ended without its closing record.
        case applicationDied = "application-died"
        case applicationLate = "application-late"
        case applicationLossBefore = "application-loss-before-fault"
    }

    package struct Reason: Hashable, Sendable, Codable {
        package var doubt: Doubt
        /// A sentence with the figures.
        package var text: String

        package init(_ doubt: Doubt, _ text: String) {
            self.doubt = doubt
            self.text = text
        }
    }

    /// Empty for a valid trial.
    package var reasons: [Reason]
    package var limits: Limits

    package init(reasons: [Reason], limits: Limits) {
        self.reasons = reasons
        self.limits = limits
    }

    package var isValid: Bool { reasons.isEmpty }

    private enum CodingKeys: String, CodingKey {
        case isValid = "valid"
        case reasons, limits
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        reasons = try container.decode([Reason].self, forKey: .reasons)
        limits = try container.decode(Limits.self, forKey: .limits)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isValid, forKey: .isValid)
        try container.encode(reasons, forKey: .reasons)
        try container.encode(limits, forKey: .limits)
    }
}
