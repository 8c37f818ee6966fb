// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import TestSupport
import Testing
import WireFormat

struct DetectionFitTests {
    private func fit(
        _ count: Int, _ law: DetectionLaw, deviating deviation: DetectionLaw.Deviation? = nil,
        using random: inout SeededGenerator
    ) throws -> DetectionFit {
        let samples = PlantedSender(law, deviating: deviation).samples(count, using: &random)
        return try #require(DetectionFit(samples, law: law))
    }

    @Test(arguments: [1, 2])
    func `runs that keep to the law seldom deviate, and their p is spread evenly`(sessions: Int) throws {
        let law = try DetectionLawTests.law(DetectionLawTests.bfdTimers, sessions: sessions)
        var random = SeededGenerator(seed: 11)
        // A likelihood takes longer than a distance, and has no part in p.
        let runs = TestLength.rounds(40, long: 1_000)
        let distances = try (0..<runs).map { _ in try fit(60, law, using: &random).p }
        #expect(try #require(KolmogorovSmirnovTest(sorted: distances.sorted()) { $0 }).p > 0.01)
        let fits = try (0..<TestLength.rounds(10, long: 1_000)).map { _ in try fit(100, law, using: &random) }
        // 1 % by the distance and as many by the likelihoods, and three standard deviations.
        let wrong = Double(fits.count { $0.verdict == .deviates })
        let expected = 0.02 * Double(fits.count)
        #expect(wrong <= expected + 3 * expected.squareRoot())
        #expect(fits.filter { $0.verdict == .fits }.allSatisfy { $0.better == nil })
    }

    @Test(arguments: [
        (1, DetectionLaw.Deviation.noJitter), (2, .noJitter), (1, .doubleInterval), (2, .doubleInterval), (2, .inStep),
        (3, .inStep),
    ])
    func `planted senders are named by 100 trials`(sessions: Int, deviation: DetectionLaw.Deviation) throws {
        for timers in [DetectionLawTests.bfdTimers, DetectionLawTests.timers(hold: 9)] {
            let law = try DetectionLawTests.law(timers, sessions: sessions)
            var random = SeededGenerator(seed: 13)
            let runs = TestLength.rounds(3, long: 200)
            let fits = try (0..<runs).map { _ in try fit(100, law, deviating: deviation, using: &random) }
            #expect(fits.count { $0.better?.deviation == deviation } >= runs * 9 / 10)
            #expect(fits.allSatisfy { $0.better == nil || $0.verdict == .deviates })
        }
    }

    @Test func `from 20 trials on a run deviates, and from 100 on it is named why`() throws {
        let law = try DetectionLawTests.law(DetectionLawTests.bfdTimers)
        var random = SeededGenerator(seed: 14)
        for (count, verdict, isNamed) in [
            (5, DetectionFit.Verdict.open, false), (19, .open, false), (50, .deviates, false), (99, .deviates, false),
            (100, .deviates, true),
        ] {
            let fit = try fit(count, law, deviating: .doubleInterval, using: &random)
            #expect((fit.count, fit.verdict, fit.better != nil) == (count, verdict, isNamed))
            #expect((fit.percentile95 != nil) == (count >= 20))
        }
        #expect(try fit(20, law, using: &random).verdict == .fits)
        #expect(DetectionFit([], law: law) == nil)
    }

    @Test func `what no deviation explains has no name`() throws {
        let law = try DetectionLawTests.law(DetectionLawTests.bfdTimers)
        // All too late: no law has them.
        let late = (0..<100).map { DetectionFit.Sample(sessions: [], last: Milliseconds(200 + Double($0))) }
        let fit = try #require(DetectionFit(late, law: law))
        #expect((fit.verdict, fit.better, fit.distance) == (.deviates, nil, 1))
    }

    // MARK: From trials

    private func run(
        _ samples: [DetectionFit.Sample], timers: SessionTimers = DetectionLawTests.bfdTimers,
        fault: FaultName = .blackhole
    ) throws -> Run {
        var planted = PlantedTrial.oneLost
        planted.timers = timers
        planted.fault = fault
        let model = try planted.trial()
        let trials = samples.enumerated().map { index, sample in
            var trial = model
            trial.number = index + 1
            trial.validity.reasons = []
            if let step = trial.timeline.steps.firstIndex(where: { $0.name == .detected }) {
                trial.timeline.steps[step].sinceFault = sample.last
                for (part, time) in sample.sessions.enumerated() {
                    trial.timeline.steps[step].parts[part].sinceFault = time
                }
            }
            return trial
        }
        return Run(
            lab: "lab", seed: 1,
            environment: RunEnvironment(
                kernel: "6.12.0", machine: "x86_64", cpuCount: 2, virtualization: nil, versions: [:],
                clocks: .init(monotonic: .zero, realTime: 0)),
            settings: model.settings, trials: trials)
    }

    private func samples(_ count: Int) throws -> [DetectionFit.Sample] {
        var random = SeededGenerator(seed: 15)
        return PlantedSender(try DetectionLawTests.law(DetectionLawTests.bfdTimers)).samples(count, using: &random)
    }

    @Test func `a run compares its valid trials' detections, from 5 on`() throws {
        var run = try run(try samples(10))
        let fit = try run.detectionFit.get()
        #expect((fit.count, fit.verdict) == (10, .open))
        #expect(fit.law.sessionCount == 2 && fit.law.timers.map(\.kind) == [.bfd])
        run.trials[0].validity.reasons = [.init(.foreignCPU)]
        #expect(try run.detectionFit.get().count == 9)
        // A session that was not seen to go down leaves the trial without a detection.
        if let step = run.trials[1].timeline.steps.firstIndex(where: { $0.name == .detected }) {
            run.trials[1].timeline.steps[step].isPartial = true
        }
        #expect(try run.detectionFit.get().count == 8)
        run.trials = Array(run.trials.prefix(6))
        #expect(run.detectionFit == .failure(.tooFewTrials))
        #expect(try self.run([]).detectionFit == .failure(.tooFewTrials))
    }

    @Test func `a run without a law says why`() throws {
        let samples = try samples(10)
        #expect(try run(samples, fault: .kill).detectionFit == .failure(.window(.connectionClosed)))
        var unknown = DetectionLawTests.bfdTimers
        unknown.sender = .daemon
        #expect(try run(samples, timers: unknown).detectionFit == .failure(.unknownSender))
        var mixed = try run(samples)
        mixed.trials[3].settings.timers.bfdInterval = Milliseconds(60)
        #expect(mixed.detectionFit == .failure(.trialsDiffer))
        var several = try run(samples)
        for index in several.trials.indices { several.trials[index].subject.fault = nil }
        #expect(several.detectionFit == .failure(.window(.severalFaults)))
    }

    @Test func `in JSON there is either a fit or the reason why there is none`() throws {
        func fit(_ run: Run) throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(run)) as? [String: Any]
            return try #require(object?["detection_fit"] as? [String: Any])
        }
        let samples = try samples(20)
        #expect(try fit(try run(samples, fault: .kill)) as? [String: String] == ["no_law": "connection-closed"])
        let object = try fit(try run(samples))
        #expect(
            Set(object.keys) == [
                "law", "trials", "median_ms", "law_median_ms", "p95_ms", "law_p95_ms", "distance", "p", "verdict",
            ])
        #expect(object["verdict"] as? String == "fits")
    }
}
