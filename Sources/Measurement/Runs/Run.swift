// SPDX-License-Identifier: MIT-0

/// Trials with the same settings, every one of them kept.
package struct Run: Hashable, Sendable, Codable {
    package static let currentSchema = 1

    package var schema: Int
    package var lab: String
    /// What drew the fault's phase in each trial; written as a decimal string, since JSON's readers lose 64-bit numbers.
    package var seed: UInt64
    package var environment: RunEnvironment
    /// Nil where not one trial was finished.
    package var settings: TrialSettings?
    package var trials: [Trial]
    /// What it was to cost, and whether it kept to that; empty where nobody asked.
    package var budgets: [Budget.Verdict] = []
    /// How well what was to be known is known; nil where nobody asked.
    package var precision: PrecisionTarget.Assessment?
    /// Why there is no further trial; nil in a result of before that was told.
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

    /// Faults that promise that nothing is lost, and lost something all the same.
    package var brokenPromises: [Trial] {
        validTrials.filter { trial in
            trial.subject.planned?.promisesNoLoss(timers: trial.settings.timers) == true && trial.outage.lostCount > 0
        }
    }

    package var summary: RunSummary { RunSummary(trials) }
    package var insideExpected: InsideExpected { InsideExpected(trials) }

    private enum CodingKeys: String, CodingKey {
        case schema, lab, seed, environment, settings, trials, summary, budgets, ended, error
        case precision = "until"
        case insideExpected = "inside_expected"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schema = try container.decode(Int.self, forKey: .schema)
        lab = try container.decode(String.self, forKey: .lab)
        seed = try Seed.decode(from: container, forKey: .seed)
        environment = try container.decode(RunEnvironment.self, forKey: .environment)
        settings = try container.decodeIfPresent(TrialSettings.self, forKey: .settings)
        trials = try container.decode([Trial].self, forKey: .trials)
        budgets = try container.decodeIfPresent([Budget.Verdict].self, forKey: .budgets) ?? []
        precision = try container.decodeIfPresent(PrecisionTarget.Assessment.self, forKey: .precision)
        ended = try container.decodeIfPresent(RunEnd.self, forKey: .ended)
    }

    /// Writes what follows from the trials too, for readers without this code; it is worked out anew when decoded.
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
        try container.encodeIfPresent(precision, forKey: .precision)
        try container.encodeIfPresent(ended, forKey: .ended)
        try container.encodeIfPresent(ended?.failure, forKey: .error)
        if !budgets.isEmpty { try container.encode(budgets, forKey: .budgets) }
    }
}
