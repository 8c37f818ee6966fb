// SPDX-License-Identifier: MIT-0

/// The distribution that theory gives the time from a silent fault to its detection.
///
/// A session is down when the first of its timers has expired, each a fixed time after the last message that came. The fault
/// is detected when the last of the instance's sessions is down, whose phases are independent.
package struct DetectionLaw: Hashable, Sendable, Codable {
    package enum TimerKind: String, Hashable, Sendable, Codable, CaseIterable {
        case bfd
        case holdTimer = "hold-timer"

        /// What says how long the timer runs and how far apart the messages are.
        package var references: [String] {
            switch self {
            case .bfd: ["RFC 5880 section 6.8.4", "RFC 5880 section 6.8.7"]
            case .holdTimer: ["RFC 4271 section 6.5", "RFC 4271 section 4.4", "RFC 4271 section 10"]
            }
        }
    }

    /// A timer that runs from the last message.
    package struct Timer: Hashable, Sendable, Codable {
        package var kind: TimerKind
        /// From the last message on.
        package var timeout: Milliseconds
        /// As negotiated, before any jitter.
        package var interval: Milliseconds
        package var spacing: MessageSpacing

        private enum CodingKeys: String, CodingKey {
            case spacing
            case kind = "timer"
            case timeout = "timeout_ms"
            case interval = "interval_ms"
        }

        /// P(it expires within `time` of the fault).
        func distribution(_ time: Double) -> Double { 1 - spacing.distribution(timeout.value - time) }

        func density(_ time: Double) -> Double { spacing.density(timeout.value - time) }
    }

    /// How a sender may differ from what the RFCs say, and a session from another.
    package enum Deviation: String, Hashable, Sendable, Codable, CaseIterable {
        /// Messages come at fixed intervals.
        case noJitter = "no-jitter"
        /// Messages are twice as far apart as negotiated.
        case doubleInterval = "double-interval"
        /// The sessions' messages come at the same moments.
        case inStep = "in-step"
    }

    /// Those that a session has; at least one.
    package var timers: [Timer]
    /// How many sessions must be down.
    package var sessionCount: Int
    /// Whether the sessions' messages come at the same moments, so that one is down as late as all.
    package var isInStep = false

    package init(timers: [Timer], sessionCount: Int) {
        self.timers = timers
        self.sessionCount = sessionCount
    }

    private enum CodingKeys: String, CodingKey {
        case timers
        case sessionCount = "sessions"
        case isInStep = "in_step"
    }

    package var references: [String] { timers.flatMap(\.kind.references) }

    /// Between these every detection lies.
    package var lower: Milliseconds {
        timers.map { max(.zero, $0.timeout - $0.spacing.longest) }.min() ?? .zero
    }
    package var upper: Milliseconds { timers.map(\.timeout).min() ?? .zero }

    private var exponent: Int { isInStep ? 1 : sessionCount }

    /// P(a session is not down `time` milliseconds after the fault).
    private func survival(_ time: Double) -> Double {
        timers.reduce(1) { $0 * (1 - $1.distribution(time)) }
    }

    /// P(detection within `time` milliseconds of the fault).
    package func distribution(_ time: Double) -> Double {
        let session = 1 - survival(time)
        return (0..<exponent).reduce(1) { power, _ in power * session }
    }

    /// The density of the detection time at `time` milliseconds, per millisecond.
    package func density(_ time: Double) -> Double {
        let session = timers.indices.reduce(0) { $0 + rate(of: $1, at: time) }
        let power = (1..<max(exponent, 1)).reduce(1) { power, _ in power * (1 - survival(time)) }
        return Double(exponent) * power * session
    }

    /// The density with which one timer expires at a time at which no other has.
    private func rate(of index: Int, at time: Double) -> Double {
        timers.indices.reduce(timers[index].density(time)) { rate, other in
            other == index ? rate : rate * (1 - timers[other].distribution(time))
        }
    }

    /// The time within which a share (0...1) of faults is detected, in milliseconds, by bisection.
    package func quantile(_ share: Double) -> Double {
        var (low, high) = (lower.value, upper.value)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if distribution(middle) < share { low = middle } else { high = middle }
        }
        return high
    }

    /// The law of a single session.
    package var ofOneSession: DetectionLaw { DetectionLaw(timers: timers, sessionCount: 1) }

    /// The law if sender or sessions deviate so; nil if that makes no difference, or would end sessions without a fault.
    package func deviating(_ deviation: Deviation) -> DetectionLaw? {
        var law = self
        switch deviation {
        case .noJitter: for index in timers.indices { law.timers[index].spacing = timers[index].spacing.unjittered }
        case .doubleInterval: for index in timers.indices { law.timers[index].spacing = timers[index].spacing.doubled }
        case .inStep: law.isInStep = sessionCount > 1
        }
        return law != self && law.timers.allSatisfy { $0.spacing.longest <= $0.timeout } ? law : nil
    }
}
