// SPDX-License-Identifier: MIT-0

/// Whether a trial's figures may be believed, and if not, why not.
package struct Validity: Hashable, Sendable, Codable {
    /// Up to where a trial counts as undisturbed.
    package struct Limits: Hashable, Sendable, Codable {
        /// How late a probe may leave at most.
        package var proberLateness: Milliseconds
        /// How much of all CPUs others than the lab may take: 0...1.
        package var foreignCPUShare: Double

        package init(proberLateness: Milliseconds = Milliseconds(5), foreignCPUShare: Double = 0.25) {
            self.proberLateness = proberLateness
            self.foreignCPUShare = foreignCPUShare
        }

        private enum CodingKeys: String, CodingKey {
            case proberLateness = "max_prober_lateness_ms"
            case foreignCPUShare = "max_foreign_cpu"
        }
    }

    package enum Doubt: String, Hashable, Sendable, Codable, CaseIterable {
        case lossBefore = "loss-before-fault"
        case lossAfter = "loss-after-convergence"
        /// The measurement ended before the sustained validation time had passed.
        case notValidated = "validation-cut-short"
        /// The standby never answered.
        case notConverged = "not-converged"
        /// The standby answered, and the fault must not cause that.
        case moved = "traffic-moved"
        /// The active instance did not answer before the fault.
        case activeSilent = "active-silent"
        case standbyEarly = "standby-answered-before-fault"
        case unknownResponder = "unknown-responder"
        case proberLate = "prober-late"
        case foreignCPU = "foreign-cpu"
        /// The prober ended without its closing record, so records may be missing.
        case proberDied = "prober-died"
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
