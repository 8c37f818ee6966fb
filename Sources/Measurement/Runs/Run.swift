// SPDX-License-Identifier: MIT-0

/// Trials with the same settings; all of them are stored.
package struct Run: Hashable, Sendable, Codable {
    package static let currentSchema = 1

    package var schema: Int
    package var lab: String
    /// The seed of each trial's random fault instant; a decimal string in JSON, since many readers lose 64-bit numbers.
    package var seed: UInt64
    package var environment: RunEnvironment
    /// Nil if no trial was finished.
    package var settings: TrialSettings?
    package var trials: [Trial]
    /// The budgets, and whether the run met them; empty if there were none.
    package var budgets: [BudgetVerdict] = []
    /// How precise the target figure is; nil without a target.
    package var precision: PrecisionTarget.Assessment?
    /// Why there is no further trial; nil in results of earlier versions.
    package var ended: RunEnd?

    package init(
        lab: String, seed: UInt64, environment: RunEnvironment, settings: TrialSettings?, trials: [Trial]
    ) {
        schema = Self.currentSchema
        self.lab = lab
        self.seed = seed
        self.environment = environment
        self.settings = settings
        self.trials = trials
    }

    package var validTrials: [Trial] { trials.filter(\.validity.isValid) }

    /// Trials that lost probes although their fault promises no loss.
    package var brokenPromises: [Trial] {
        validTrials.filter { trial in
            trial.subject.planned?.promisesNoLoss(timers: trial.settings.timers) == true && trial.outage.lostCount > 0
        }
    }

    package var summary: RunSummary { RunSummary(trials) }
    package var insideExpected: InsideExpected { InsideExpected(trials) }

    /// How the detection times compare with the distribution that theory gives them, or why they do not.
    package var detectionFit: Result<DetectionFit, NoDetectionLaw> {
        do { return .success(try DetectionFit(trials)) } catch { return .failure(error) }
    }

    private enum CodingKeys: String, CodingKey {
        case schema, lab, seed, environment, settings, trials, summary, budgets, ended, error
        case precision = "until"
        case insideExpected = "inside_expected"
        case detectionFit = "detection_fit"
    }

    private enum FitKeys: String, CodingKey {
        case noLaw = "no_law"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schema = try container.decode(Int.self, forKey: .schema)
        lab = try container.decode(String.self, forKey: .lab)
        seed = try Seed.decode(from: container, forKey: .seed)
        environment = try container.decode(RunEnvironment.self, forKey: .environment)
        settings = try container.decodeIfPresent(TrialSettings.self, forKey: .settings)
        trials = try container.decode([Trial].self, forKey: .trials)
        budgets = try container.decodeIfPresent([BudgetVerdict].self, forKey: .budgets) ?? []
        precision = try container.decodeIfPresent(PrecisionTarget.Assessment.self, forKey: .precision)
        ended = try container.decodeIfPresent(RunEnd.self, forKey: .ended)
    }

    /// Also writes what is computed from the trials, for readers without this code; it is computed again when decoded.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(lab, forKey: .lab)
        try container.encode("\(seed)", forKey: .seed)
        try container.encode(environment, forKey: .environment)
        try container.encodeIfPresent(settings, forKey: .settings)
        try container.encode(trials, forKey: .trials)
        try container.encode(summary, forKey: .summary)
        try container.encode(insideExpected, forKey: .insideExpected)
        switch detectionFit {
        case .success(let fit): try container.encode(fit, forKey: .detectionFit)
        case .failure(let reason):
            var fit = container.nestedContainer(keyedBy: FitKeys.self, forKey: .detectionFit)
            try fit.encode(reason, forKey: .noLaw)
        }
        try container.encodeIfPresent(precision, forKey: .precision)
        try container.encodeIfPresent(ended, forKey: .ended)
        try container.encodeIfPresent(ended?.failure, forKey: .error)
        if !budgets.isEmpty { try container.encode(budgets, forKey: .budgets) }
    }
}
