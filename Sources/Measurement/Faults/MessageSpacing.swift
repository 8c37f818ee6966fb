// SPDX-License-Identifier: MIT-0

/// How far apart the messages are whose absence a timer detects, and with that how old the last one is at a fault.
///
/// Each interval is drawn evenly between two lengths. The fault comes at any moment, so it meets a long interval more often
/// than a short one: the age of the last message has the density P(interval > age) / E[interval] (the residual life of a
/// renewal process).
package struct MessageSpacing: Hashable, Sendable, Codable {
    /// Equal for a sender without jitter.
    package var shortest: Milliseconds
    package var longest: Milliseconds

    package init(from shortest: Milliseconds, to longest: Milliseconds) {
        self.shortest = shortest
        self.longest = longest
    }

    private enum CodingKeys: String, CodingKey {
        case shortest = "shortest_ms"
        case longest = "longest_ms"
    }

    /// BFD control packets: an interval less up to a quarter, and with a multiplier of 1 less a tenth to a quarter (RFC 5880
    /// section 6.8.7).
    package static func bfd(interval: Milliseconds, multiplier: Int) -> MessageSpacing {
        MessageSpacing(
            from: interval.scaled(by: 0.75), to: multiplier == 1 ? interval.scaled(by: 0.9) : interval)
    }

    /// KEEPALIVEs: an interval less up to a quarter (RFC 4271 section 10).
    package static func keepalives(interval: Milliseconds) -> MessageSpacing {
        MessageSpacing(from: interval.scaled(by: 0.75), to: interval)
    }

    /// The same intervals without jitter: all as long as the longest.
    package var unjittered: MessageSpacing { MessageSpacing(from: longest, to: longest) }

    /// Every interval twice as long.
    package var doubled: MessageSpacing { MessageSpacing(from: shortest.times(2), to: longest.times(2)) }

    /// P(interval > age).
    package func survival(_ age: Double) -> Double {
        if age < shortest.value { return 1 }
        guard age < longest.value else { return 0 }
        return (longest.value - age) / (longest.value - shortest.value)
    }

    /// The mean interval, in milliseconds.
    package var mean: Double { integral(to: longest.value) }

    /// P(age of the last message <= age), at a random moment.
    package func distribution(_ age: Double) -> Double {
        age <= 0 ? 0 : min(1, integral(to: min(age, longest.value)) / mean)
    }

    /// The density of the age of the last message at a random moment, per millisecond.
    package func density(_ age: Double) -> Double { age < 0 ? 0 : survival(age) / mean }

    /// The integral of the survival function from 0.
    private func integral(to age: Double) -> Double {
        guard age > shortest.value else { return age }
        let (width, rest) = (longest.value - shortest.value, longest.value - age)
        return shortest.value + (width - rest * rest / width) / 2
    }
}

extension Milliseconds {
    /// A part of this, to a nanosecond.
    fileprivate func scaled(by share: Double) -> Milliseconds { Milliseconds(value * share) }
}
