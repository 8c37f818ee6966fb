// SPDX-License-Identifier: MIT-0
import WireFormat

/// Runs that differ in a fault or a setting, measured in turns.
///
/// In JSON it is an object with `"schema": 1` and everything else under `sweep`.
package struct Sweep: Hashable, Sendable, Codable {
    /// What is the same in all trials of one run, and differs between runs.
    package struct Settings: Hashable, Sendable, Codable {
        /// Nil for a script.
        package var fault: FaultName?
        /// The file of a script, or `template`; nil for a fault.
        package var script: String?
        /// The BGP speaker of the instances: builtin, bird and so on; nil if it was not varied.
        package var speaker: String?
        /// As requested: "50 ms x 3", "off"; nil if it was not varied.
        package var bfd: String?
        /// The hold time that both sides offered, in seconds; nil if it was not varied.
        package var hold: Int?
        /// How long the fault stayed; nil if it had no time of its own.
        package var duration: Milliseconds?
        /// Which of several runs with these settings: 2 for the second, and so on; nil for the first or only one.
        package var repetition: Int?

        package init(
            fault: FaultName? = nil, script: String? = nil, speaker: String? = nil, bfd: String? = nil,
            hold: Int? = nil,
            duration: Milliseconds? = nil
        ) {
            self.fault = fault
            self.script = script
            self.speaker = speaker
            self.bfd = bfd
            self.hold = hold
            self.duration = duration
        }

        private enum CodingKeys: String, CodingKey {
            case fault, script, speaker, bfd, repetition
            case hold = "hold_s"
            case duration = "for_ms"
        }

        /// The settings of several runs, those that are the same numbered.
        package static func numbered(_ settings: [Settings]) -> [Settings] {
            var counts: [Settings: Int] = [:]
            return settings.map { settings in
                var numbered = settings
                let number = counts[settings, default: 0] + 1
                counts[settings] = number
                numbered.repetition = number > 1 ? number : nil
                return numbered
            }
        }
    }

    package struct Combination: Hashable, Sendable, Codable {
        package var settings: Settings
        package var run: Run

        package init(settings: Settings, run: Run) {
            self.settings = settings
            self.run = run
        }
    }

    package var seed: UInt64
    package var environment: RunEnvironment
    package var combinations: [Combination]
    /// The order of each round, as indices of `combinations`.
    package var order: [[Int]]
    /// Why the sweep as a whole ended; each run also says why it has no further trial.
    package var ended: RunEnd

    package init(
        seed: UInt64, environment: RunEnvironment, combinations: [Combination], order: [[Int]], ended: RunEnd
    ) {
        self.seed = seed
        self.environment = environment
        self.combinations = combinations
        self.order = order
        self.ended = ended
    }

    /// Makes it, and its runs, ones that failed at the end: what was measured is reported all the same.
    package mutating func fail(_ problem: String) {
        ended = RunEnd(.failed, maximum: ended.maximum, problem: problem)
        for index in combinations.indices {
            let maximum = combinations[index].run.ended?.maximum ?? ended.maximum
            combinations[index].run.ended = RunEnd(.failed, maximum: maximum, problem: problem)
        }
    }

    package var trialCount: Int { combinations.reduce(0) { $0 + $1.run.trials.count } }
    package var validCount: Int { combinations.reduce(0) { $0 + $1.run.validTrials.count } }

    /// How the runs differ from the first one; nil if there is nothing to compare.
    package var comparison: SweepComparison? { SweepComparison(combinations.map(\.run)) }

    private enum OuterKeys: String, CodingKey {
        case schema, sweep, error
    }

    private enum CodingKeys: String, CodingKey {
        case seed, environment, combinations, order, comparison, ended
    }

    package init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: OuterKeys.self)
        let container = try outer.nestedContainer(keyedBy: CodingKeys.self, forKey: .sweep)
        seed = try Seed.decode(from: container, forKey: .seed)
        environment = try container.decode(RunEnvironment.self, forKey: .environment)
        combinations = try container.decode([Combination].self, forKey: .combinations)
        order = try container.decode([[Int]].self, forKey: .order)
        ended = try container.decode(RunEnd.self, forKey: .ended)
    }

    /// Also writes the comparison, for readers without this code; it is computed again when decoded.
    package func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: OuterKeys.self)
        try outer.encode(Run.currentSchema, forKey: .schema)
        try outer.encodeIfPresent(ended.failure, forKey: .error)
        var container = outer.nestedContainer(keyedBy: CodingKeys.self, forKey: .sweep)
        try container.encode("\(seed)", forKey: .seed)
        try container.encode(environment, forKey: .environment)
        try container.encode(combinations, forKey: .combinations)
        try container.encode(order, forKey: .order)
        try container.encodeIfPresent(comparison, forKey: .comparison)
        try container.encode(ended, forKey: .ended)
    }
}

/// A seed in JSON: a decimal string, since JSON's readers lose 64-bit numbers.
enum Seed {
    static func decode<Key>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> UInt64 {
        let text = try container.decode(String.self, forKey: key)
        guard let number = UInt64(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "'\(text)' is not a seed")
        }
        return number
    }
}

/// The order of the trials, drawn from a seed.
///
/// Every round takes every combination once, in a random order, so that a disturbance of the machine does not affect
/// only one of them.
package struct SweepOrder: Sendable {
    /// The seed of each combination; a sweep of one combination uses the sweep's own seed, as a run does.
    package let combinationSeeds: [UInt64]
    private var shuffler: SeededGenerator

    package init(seed: UInt64, combinationCount count: Int) {
        var master = SeededGenerator(seed: seed)
        combinationSeeds = count == 1 ? [seed] : (0..<max(count, 0)).map { _ in master.next() }
        shuffler = SeededGenerator(seed: master.next())
    }

    /// The next round's order.
    package mutating func nextRound() -> [Int] {
        shuffler.permutation(of: combinationSeeds.count)
    }
}
