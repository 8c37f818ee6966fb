// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// A sender of messages and the timers that wait for them, played through: nothing is computed from a distribution.
struct PlantedSender {
    var timers: [DetectionLaw.Timer]
    var sessionCount: Int
    /// How it deviates from its timers' law.
    var deviation: DetectionLaw.Deviation?

    init(_ law: DetectionLaw, deviating deviation: DetectionLaw.Deviation? = nil) {
        timers = law.timers
        sessionCount = law.sessionCount
        self.deviation = deviation
    }

    func samples(_ count: Int, using random: inout SeededGenerator) -> [DetectionFit.Sample] {
        (0..<count).map { _ in
            var ends = (0..<(deviation == .inStep ? 1 : sessionCount)).map { _ in sessionEnd(using: &random) }
            if deviation == .inStep { ends = Array(repeating: ends[0], count: sessionCount) }
            return DetectionFit.Sample(
                sessions: ends.map { Milliseconds($0) }, last: Milliseconds(ends.max() ?? 0))
        }
    }

    /// When all sessions were down.
    func detections(_ count: Int, using random: inout SeededGenerator) -> [Milliseconds] {
        samples(count, using: &random).map(\.last)
    }

    private func sessionEnd(using random: inout SeededGenerator) -> Double {
        timers.map { timeout(of: $0, using: &random) }.min() ?? 0
    }

    /// Sends until the fault, which comes at any moment long after the first message, and waits for the timer.
    private func timeout(of timer: DetectionLaw.Timer, using random: inout SeededGenerator) -> Double {
        let longest = timer.spacing.longest.value
        let fault = Double.random(in: 20 * longest..<40 * longest, using: &random)
        var last = 0.0
        while true {
            let interval = interval(of: timer.spacing, using: &random)
            guard last + interval <= fault else { return last + timer.timeout.value - fault }
            last += interval
        }
    }

    private func interval(of spacing: MessageSpacing, using random: inout SeededGenerator) -> Double {
        let drawn =
            deviation == .noJitter
            ? spacing.longest.value
            : Double.random(in: spacing.shortest.value...spacing.longest.value, using: &random)
        return deviation == .doubleInterval ? 2 * drawn : drawn
    }
}
