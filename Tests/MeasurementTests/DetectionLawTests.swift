// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct DetectionLawTests {
    static let bfdTimers = timers(hold: 90, bfd: 50)

    static func timers(
        hold: Double?, bfd interval: Double? = nil, multiplier: Int = 3, sender: SessionTimers.Sender? = .rslab
    ) -> SessionTimers {
        var timers = SessionTimers(
            holdTime: hold.map { Milliseconds($0 * 1_000) }, bfdInterval: interval.map { Milliseconds($0) },
            bfdMultiplier: interval.map { _ in multiplier })
        timers.sender = sender
        return timers
    }

    static func law(_ timers: SessionTimers, sessions: Int = 2) throws -> DetectionLaw {
        try DetectionLaw(of: Fault(.blackhole), timers: timers, sessionCount: sessions)
    }

    /// BFD, BFD with a multiplier of 1, hold timers, and BFD with a hold timer that may expire first; on one session and on
    /// several.
    private static let laws = Result {
        try [
            law(bfdTimers, sessions: 1), law(bfdTimers), law(timers(hold: nil, bfd: 300, multiplier: 1)),
            law(timers(hold: nil, bfd: 20, multiplier: 5), sessions: 4), law(timers(hold: 3), sessions: 1),
            law(timers(hold: 9)), law(timers(hold: 3, bfd: 1_000)),
        ]
    }
    private static let indices = 0..<7

    @Test(arguments: indices)
    func `senders that are played through have the law's distribution`(index: Int) throws {
        let law = try Self.laws.get()[index]
        var random = SeededGenerator(seed: 100 + UInt64(index))
        let sample = PlantedSender(law).detections(TestLength.rounds(300, long: 20_000), using: &random)
        let test = try #require(
            KolmogorovSmirnovTest(sorted: sample.map(\.value).sorted(), distribution: law.distribution))
        #expect(test.p > 0.01)
        #expect(sample.allSatisfy { law.lower - Milliseconds(0.001) <= $0 && $0 <= law.upper + Milliseconds(0.001) })
    }

    @Test(arguments: indices, DetectionLaw.Deviation.allCases)
    func `so have senders that deviate, and no other one`(index: Int, deviation: DetectionLaw.Deviation) throws {
        let law = try Self.laws.get()[index]
        guard let other = law.deviating(deviation) else {
            // One session cannot be in step, and twice the interval must not end a session without a fault.
            let endsItself = law.timers.contains { $0.spacing.doubled.longest > $0.timeout }
            #expect(
                deviation == .inStep && law.sessionCount == 1 || deviation == .doubleInterval && endsItself,
                "\(deviation) of \(law)")
            return
        }
        var random = SeededGenerator(seed: 400 + UInt64(index))
        let sample = PlantedSender(law, deviating: deviation).detections(
            TestLength.rounds(500, long: 2_000), using: &random
        ).map(\.value).sorted()
        let near = try #require(KolmogorovSmirnovTest(sorted: sample, distribution: other.distribution))
        let far = try #require(KolmogorovSmirnovTest(sorted: sample, distribution: law.distribution))
        #expect(near.p > 0.01)
        #expect(far.distance > near.distance)
    }

    @Test(arguments: indices)
    func `the density is the distribution's slope, and a quantile its inverse`(index: Int) throws {
        let law = try Self.laws.get()[index]
        let width = (law.upper - law.lower).value
        for step in 1..<40 {
            let time = law.lower.value + width * (Double(step) - 0.37) / 40
            let half = width * 1e-6
            let slope = (law.distribution(time + half) - law.distribution(time - half)) / (2 * half)
            #expect(abs(slope - law.density(time)) < 1e-4 / width + 1e-4 * slope)
        }
        for share in [0.05, 0.5, 0.95] { #expect(abs(law.distribution(law.quantile(share)) - share) < 1e-9) }
        #expect(law.distribution(law.lower.value) == 0)
        #expect(law.distribution(law.upper.value) == 1)
    }

    @Test func `BFD's law is the textbook's`() throws {
        let law = try Self.law(Self.bfdTimers, sessions: 1)
        // 7/8 of the interval between packets on the average; for 3/4 of it every age is as probable as another.
        #expect(law.timers[0].spacing.mean == 43.75)
        #expect(abs(law.distribution(112.5) - (1 - 37.5 / 43.75)) < 1e-12)
        #expect(abs(law.quantile(0.5) - (150 - 0.5 * 43.75)) < 1e-9)
        // Half of the last quarter: a quarter of its triangle.
        #expect(abs(law.distribution(106.25) - 6.25 * 0.5 / 2 / 43.75) < 1e-12)
        // Both of two sessions.
        let both = try Self.law(Self.bfdTimers)
        #expect(abs(both.distribution(130) - law.distribution(130) * law.distribution(130)) < 1e-12)
    }

    @Test func `KEEPALIVEs have jitter, too, and one session has no other to be in step with`() throws {
        let law = try Self.law(Self.timers(hold: 9), sessions: 1)
        #expect(law.timers[0].spacing == MessageSpacing(from: Milliseconds(2_250), to: Milliseconds(3_000)))
        #expect((law.lower, law.upper) == (Milliseconds(6_000), Milliseconds(9_000)))
        #expect(law.deviating(.inStep) == nil)
    }

    @Test func `a deviation that would end sessions without any fault is none`() throws {
        #expect(try Self.law(Self.timers(hold: nil, bfd: 300, multiplier: 1)).deviating(.doubleInterval) == nil)
        #expect(try Self.law(Self.bfdTimers).deviating(.doubleInterval)?.lower == Milliseconds(50))
    }

    // MARK: The same facts as the expected window

    @Test(arguments: FaultName.allCases)
    func `law and window are of one mind`(name: FaultName) {
        for timers in [
            Self.bfdTimers, Self.timers(hold: 9), Self.timers(hold: 3, bfd: 1_000), Self.timers(hold: nil),
            Self.timers(hold: nil, bfd: 10, multiplier: 1), Self.timers(hold: 3, bfd: 300, multiplier: 5),
        ] {
            for role in [TargetRole.active, .everySession, .someSessions, .bystander, .everyInstance, .path] {
                let fault = Fault(name, role: role)
                let window = ExpectedWindow.detection(of: fault, timers: timers)
                do {
                    let law = try DetectionLaw(of: fault, timers: timers, sessionCount: 2)
                    #expect([.bfd, .holdTimer].contains(window.reason.kind))
                    #expect(law.upper == window.upper)
                    // BFD's jitter with a multiplier of 1 leaves a tenth of the interval.
                    let isSingle = law.timers.contains { $0.kind == .bfd && $0.timeout == $0.interval }
                    #expect(isSingle ? law.lower > window.lower : law.lower == window.lower)
                    let references = window.references
                    #expect(Set(references).isSubset(of: law.references))
                } catch {
                    #expect(error == .window(window.reason.kind))
                }
            }
        }
    }

    @Test func `what theory does not know has no law, for a reason`() throws {
        func reason(_ timers: SessionTimers, _ fault: FaultName = .blackhole, sessions: Int = 2) -> NoDetectionLaw? {
            do {
                _ = try DetectionLaw(of: Fault(fault), timers: timers, sessionCount: sessions)
                return nil
            } catch {
                return error
            }
        }
        var mixed = Self.bfdTimers
        mixed.sessionsDiffer = true
        #expect(reason(Self.bfdTimers) == nil)
        #expect(reason(Self.bfdTimers, .kill) == .window(.connectionClosed))
        #expect(reason(Self.bfdTimers, .terminate) == .window(.cease))
        #expect(reason(Self.timers(hold: nil)) == .window(.noTimer))
        #expect(reason(mixed) == .sessionsDiffer)
        #expect(reason(Self.bfdTimers, sessions: 0) == .noSession)
        #expect(reason(Self.timers(hold: 9, sender: .daemon)) == .unknownSender)
        #expect(reason(Self.timers(hold: 9, sender: nil)) == .unknownSender)
        for reason in [
            NoDetectionLaw.window(.cease), .unknownSender, .sessionsDiffer, .noSession, .trialsDiffer, .tooFewTrials,
        ] { #expect(NoDetectionLaw(rawValue: reason.rawValue) == reason) }
        #expect(NoDetectionLaw(rawValue: "luck") == nil)
    }
}
