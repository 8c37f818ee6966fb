// SPDX-License-Identifier: MIT-0
import Measurement
import Report
import Testing

/// What a run's report says of the distribution of its detection times.
struct DetectionFitTextTests {
    private static let timers = {
        var timers = SessionTimers(holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(50), bfdMultiplier: 3)
        timers.sender = .rslab
        return timers
    }()

    /// The line of a run whose trials are at even steps of what a law, or a deviation from it, gives them.
    private func line(
        _ count: Int, of deviation: DetectionLaw.Deviation? = nil, fault: FaultName = .blackhole,
        timers: SessionTimers = timers
    ) throws -> String {
        var trial = try Scenario.story(
            number: 1, fault: fault, lost: 130, detected: [129_000, 129_300], timers: timers, quiet: 200,
            probesAfter: 300, end: 0, validation: Scenario.brief)
        let law = try DetectionLaw(of: Fault(.blackhole), timers: Self.timers, sessionCount: 2)
        let other = deviation.flatMap(law.deviating) ?? law
        let step = try #require(trial.timeline.steps.firstIndex { $0.name == .detected })
        let trials = (0..<count).map { number in
            trial.number = number + 1
            let share = (Double(number) + 0.5) / Double(count)
            let last = Milliseconds(other.quantile(share))
            // The other session's, at another place of its law.
            let early = min(last, Milliseconds(other.ofOneSession.quantile(1 - share)))
            trial.timeline.steps[step].sinceFault = last
            trial.timeline.steps[step].parts[0].sinceFault = early
            trial.timeline.steps[step].parts[1].sinceFault = last
            return trial
        }
        let text = TextReport(style: .plain).render(Scenario.run(trials))
        let lines = text.split(separator: "\n")
        guard let first = lines.firstIndex(where: { $0.hasPrefix("distribution") }) else { return "" }
        let rest = lines[(first + 1)...].prefix { $0.hasPrefix(" ") }
        return ([lines[first].dropFirst("distribution".count)] + rest).map {
            String($0.drop { $0 == " " })
        }.joined(separator: " ")
    }

    @Test func `trials of the law fit it`() throws {
        #expect(
            try line(40)
                == "fits BFD 50 ms x 3 on 2 sessions, D = 0.013, p = 1.000 of 40; median 137.2 (law 137.2), p95 148.6"
                + " (law 148.9) ms")
    }

    @Test func `few trials are held against it without a verdict, and fewer are not mentioned`() throws {
        #expect(
            try line(7)
                == "against BFD 50 ms x 3 on 2 sessions, D = 0.071, p = 1.000 of 7; median 137.2 (law 137.2) ms")
        #expect(try line(4).isEmpty)
    }

    @Test func `trials that do not fit are said to, from 100 on with what explains them`() throws {
        let few = try line(50, of: .doubleInterval)
        #expect(few.hasPrefix("DOES NOT FIT BFD 50 ms x 3 on 2 sessions, D = 0."), "\(few)")
        #expect(few.hasSuffix(" ms; why is named from 100 trials on"), "\(few)")
        let many = try line(100, of: .doubleInterval)
        #expect(many.contains(", p <0.001 of 100; median"), "\(many)")
        #expect(many.hasSuffix(" ms; messages twice as far apart explain it better (D = 0.005)"), "\(many)")
        let step = try line(100, of: .inStep)
        #expect(step.hasSuffix("; sessions in step explain it better (D = 0.005)"), "\(step)")
    }

    @Test func `without a law, the reason is given`() throws {
        #expect(try line(10, fault: .kill) == "no law: detection takes no timer")
        var timers = Self.timers
        timers.sender = .daemon
        #expect(try line(10, timers: timers) == "no law: how the speaker draws its intervals is not known")
        timers.sessionsDiffer = true
        #expect(try line(10, timers: timers) == "no law: the sessions' timers differ")
        #expect(try line(4, fault: .kill).isEmpty)
    }
}
