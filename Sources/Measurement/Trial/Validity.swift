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
