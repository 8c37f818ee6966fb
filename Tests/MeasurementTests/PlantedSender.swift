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
        let (shortest, longest) = (timer.spacing.shortest.value, timer.spacing.longest.value)
        let fault = Double.random(in: 4 * longest..<24 * longest, using: &random)
        var last = 0.0
        while true {
            var interval = deviation == .noJitter ? longest : Double.random(in: shortest...longest, using: &random)
            if deviation == .doubleInterval { interval *= 2 }
            guard last + interval <= fault else { return last + timer.timeout.value - fault }
            last += interval
        }
    }
}
