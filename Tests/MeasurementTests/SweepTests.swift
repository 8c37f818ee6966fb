// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

struct SweepTests {
    @Test func `the seeded numbers are SplitMix64's own`() {
        // The first outputs for the seed 1234567, as published with the generator's reference code.
        var random = SeededGenerator(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func `the same seed gives the same order, and another one another`() {
        func rounds(_ seed: UInt64) -> [[Int]] {
            var order = SweepOrder(seed: seed, combinationCount: 6)
            return (0..<5).map { _ in order.nextRound() }
        }
        #expect(rounds(42) == rounds(42))
        #expect(rounds(42) != rounds(43))
        for round in rounds(42) {
            #expect(round.sorted() == Array(0..<6))
        }
        #expect(Set(rounds(42)).count > 1)
    }

    @Test func `every order is as likely as any other`() {
        var random = SeededGenerator(seed: 5)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6_000 {
            counts[random.permutation(of: 3), default: 0] += 1
        }
        #expect(counts.count == 6)
        // 1,000 of each, and five standard deviations are 145.
        #expect(counts.values.allSatisfy { (855...1_145).contains($0) })
        #expect(random.permutation(of: 0).isEmpty)
        #expect(random.permutation(of: 1) == [0])
    }

    @Test func `each combination's phases are its own, and a single one's are the run's`() {
        let seeds = SweepOrder(seed: 9, combinationCount: 8).combinationSeeds
        #expect(Set(seeds).count == 8)
        #expect(SweepOrder(seed: 9, combinationCount: 1).combinationSeeds == [9])
    }

    private func run(_ trials: [Trial], ended: RunEnd) -> Run {
        var run = Run(
            lab: "lab", seed: .max,
            environment: RunEnvironment(
                kernel: "6.12.0", machine: "x86_64", cpuCount: 2, virtualization: nil, versions: [:],
                clocks: .init(monotonic: .zero, realTime: 0)),
            settings: trials.first?.settings, trials: trials)
        run.ended = ended
        return run
    }

    @Test func `a run that failed says so in its JSON, and what it has is still there`() throws {
        let trial = try PlantedTrial.oneLost.trial()
        var failed = run([trial], ended: RunEnd(.failed, maximum: 5, problem: "it broke", advice: "mend it"))
        failed.precision = PrecisionTarget(statistic: .p95, distance: .share(0.1)).assess([trial])
        let data = try JSONEncoder().encode(failed)
        #expect(try JSONDecoder().decode(Run.self, from: data) == failed)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((object["error"] as? [String: String]) == ["problem": "it broke", "advice": "mend it"])
        #expect((object["ended"] as? [String: Any])?["reason"] as? String == "failed")
        let inside = try #require(object["inside_expected"] as? [String: Int])
        #expect((inside["detection"], inside["outage"], inside["of"]) == (1, 1, 1))
        let target = try #require((object["until"] as? [String: Any])?["target"] as? [String: Any])
        #expect(target["within_share"] as? Double == 0.1)
    }

    @Test func `a run without one trial is JSON, too`() throws {
        let empty = run([], ended: RunEnd(.interrupted, maximum: 3))
        #expect(try JSONDecoder().decode(Run.self, from: try JSONEncoder().encode(empty)) == empty)
    }

    @Test func `a sweep is one object with a schema and a sweep`() throws {
        let trial = try PlantedTrial.oneLost.trial()
        let sweep = Sweep(
            seed: 7, environment: run([], ended: RunEnd(.completed, maximum: 1)).environment,
            combinations: [
                .init(
                    settings: .init(fault: .kill, speaker: "bird", bfd: "50msx3", hold: 9),
                    run: run([trial], ended: RunEnd(.completed, maximum: 1))),
                .init(settings: .init(fault: .crash), run: run([], ended: RunEnd(.sweepEnded, maximum: 1))),
            ], order: [[1, 0]], ended: RunEnd(.interrupted, maximum: 2))
        let data = try JSONEncoder().encode(sweep)
        #expect(try JSONDecoder().decode(Sweep.self, from: data) == sweep)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(object.keys) == ["schema", "sweep"])
        #expect((sweep.trialCount, sweep.validCount) == (1, 1))
    }

    @Test func `the time left is the guess's, and then the trials' own`() {
        var estimate = TimeLeft(guesses: [.seconds(2), .seconds(4)])
        #expect(estimate.left([3, 1], current: nil) == .seconds(10))
        #expect(estimate.left([3, 1], current: (0, .seconds(1))) == .seconds(9))
        // A trial that takes longer than expected does not change the others' estimates.
        #expect(estimate.left([3, 1], current: (0, .seconds(60))) == .seconds(8))
        estimate.record(.seconds(3), of: 0)
        // The estimate was a third too short, so the same is assumed for the other one.
        #expect(estimate.perTrial(of: 1) == .seconds(6))
        estimate.record(.seconds(5), of: 0)
        estimate.record(.seconds(1), of: 1)
        #expect(estimate.left([1, 2], current: nil) == .seconds(6))
        #expect(estimate.left([0, 0], current: (1, .seconds(5))) == .zero)
    }

    // MARK: The largest difference

    private func summary(outage: Double, failBack: Double?) -> RunSummary {
        var summary = RunSummary([])
        summary.outage = Summary.of([outage])
        summary.failBack = failBack.flatMap { Summary.of([$0]) }
        return summary
    }

    @Test func `the figure that differs most is named, also where it is not the outage`() throws {
        let difference = try #require(
            LargestDifference(among: [
                summary(outage: 1.2, failBack: 9020), summary(outage: 0.9, failBack: 13.7),
                summary(outage: 4, failBack: nil),
            ]))
        #expect(difference.figure == .failBack)
        #expect(difference.least == .init(index: 1, median: 13.7))
        #expect(difference.greatest == .init(index: 0, median: 9020))
    }

    @Test func `runs that hardly differ have no largest difference`() {
        #expect(
            LargestDifference(among: [summary(outage: 100, failBack: 12), summary(outage: 120, failBack: 13)]) == nil)
        // A thousandth of a millisecond against a tenth is no difference that matters.
        #expect(
            LargestDifference(among: [summary(outage: 0.001, failBack: nil), summary(outage: 0.1, failBack: nil)])
                == nil)
        #expect(LargestDifference(among: [summary(outage: 100, failBack: 12)]) == nil)
    }
}
