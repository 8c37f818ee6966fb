// SPDX-License-Identifier: MIT-0

/// One reason why a measured duration is outside its window; `Report` has the text.
package enum WindowExplanation: Hashable, Sendable {
    // A detection that took too long.
    /// One session was down in time, another was not; each with its name in the timeline.
    case spread(first: String, Milliseconds, last: String, Milliseconds)
    /// BFD should have detected the fault, but this did.
    case notByBFD(Timeline.StepCause)
    /// The fault took this long to be in place, and control packets came until then.
    case packetsUntilInPlace(Milliseconds)
    /// The last control packet came this much after the fault, or the detection timer was that late.
    case latePacketOrTimer(Milliseconds)
    /// A detection timer of a node was served this late.
    case lateTimer(node: String, Milliseconds)
    /// The fault took this long to be in place, and no timer was needed.
    case slowFault(Milliseconds)
    /// Shares of the CPUs (0...1) that were above their limits; at least one is not nil.
    case busyMachine(foreignCPU: Double?, steal: Double?)

    // A detection that took less time than a timer.
    /// The last control packet before the fault was this much older than it.
    case earlyPacket(Milliseconds, interval: Milliseconds)
    /// The last message before the fault was this much older than it; the interval is that of KEEPALIVEs.
    case earlyMessage(Milliseconds, interval: Milliseconds?)
    /// Not a timer but this detected the fault.
    case byNoTimer(Timeline.StepCause)

    // An outage.
    /// The verdict on detection, which the outage follows.
    case detection(ExpectedWindow.Verdict)
    /// The longest time between two steps.
    case gap(from: Timeline.StepName, to: Timeline.StepName, Milliseconds)
    case neverAnswered(instance: String)
    /// Probes were lost for this long after the instance's first answer.
    case lostAfterAnswer(instance: String, Milliseconds)
    /// Probes were answered until this much after the fault.
    case answeredUntil(Milliseconds)
    case nothingLost
}

/// In JSON a `kind`, and next to it the kind's values.
extension WindowExplanation: Codable {
    private enum Kind: String, Codable {
        case spread
        case notByBFD = "not-by-bfd"
        case packetsUntilInPlace = "packets-until-in-place"
        case latePacketOrTimer = "late-packet-or-timer"
        case lateTimer = "late-timer"
        case slowFault = "slow-fault"
        case busyMachine = "busy-machine"
        case earlyPacket = "early-packet"
        case earlyMessage = "early-message"
        case byNoTimer = "by-no-timer"
        case detection, gap
        case neverAnswered = "never-answered"
        case lostAfterAnswer = "lost-after-answer"
        case answeredUntil = "answered-until"
        case nothingLost = "nothing-lost"
    }

    private enum CodingKeys: String, CodingKey {
        case kind, first, last, cause, node, steal, verdict, from, to, instance
        case firstAfter = "first_after_ms"
        case lastAfter = "last_after_ms"
        case time = "time_ms"
        case interval = "interval_ms"
        case foreignCPU = "foreign_cpu"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
            try container.decode(Value.self, forKey: key)
        }
        func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .spread:
                .spread(
                    first: try value(.first), try value(.firstAfter), last: try value(.last), try value(.lastAfter))
            case .notByBFD: .notByBFD(try value(.cause))
            case .packetsUntilInPlace: .packetsUntilInPlace(try value(.time))
            case .latePacketOrTimer: .latePacketOrTimer(try value(.time))
            case .lateTimer: .lateTimer(node: try value(.node), try value(.time))
            case .slowFault: .slowFault(try value(.time))
            case .busyMachine: .busyMachine(foreignCPU: try optional(.foreignCPU), steal: try optional(.steal))
            case .earlyPacket: .earlyPacket(try value(.time), interval: try value(.interval))
            case .earlyMessage: .earlyMessage(try value(.time), interval: try optional(.interval))
            case .byNoTimer: .byNoTimer(try value(.cause))
            case .detection: .detection(try value(.verdict))
            case .gap: .gap(from: try value(.from), to: try value(.to), try value(.time))
            case .neverAnswered: .neverAnswered(instance: try value(.instance))
            case .lostAfterAnswer: .lostAfterAnswer(instance: try value(.instance), try value(.time))
            case .answeredUntil: .answeredUntil(try value(.time))
            case .nothingLost: .nothingLost
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .spread(let first, let early, let last, let late):
            try container.encode(first, forKey: .first)
            try container.encode(early, forKey: .firstAfter)
            try container.encode(last, forKey: .last)
            try container.encode(late, forKey: .lastAfter)
        case .notByBFD(let cause), .byNoTimer(let cause): try container.encode(cause, forKey: .cause)
        case .packetsUntilInPlace(let time), .latePacketOrTimer(let time), .slowFault(let time),
            .answeredUntil(let time):
            try container.encode(time, forKey: .time)
        case .lateTimer(let node, let time):
            try container.encode(node, forKey: .node)
            try container.encode(time, forKey: .time)
        case .busyMachine(let foreign, let steal):
            try container.encodeIfPresent(foreign, forKey: .foreignCPU)
            try container.encodeIfPresent(steal, forKey: .steal)
        case .earlyPacket(let time, let interval):
            try container.encode(time, forKey: .time)
            try container.encode(interval, forKey: .interval)
        case .earlyMessage(let time, let interval):
            try container.encode(time, forKey: .time)
            try container.encodeIfPresent(interval, forKey: .interval)
        case .detection(let verdict): try container.encode(verdict, forKey: .verdict)
        case .gap(let from, let to, let time):
            try container.encode(from, forKey: .from)
            try container.encode(to, forKey: .to)
            try container.encode(time, forKey: .time)
        case .neverAnswered(let instance): try container.encode(instance, forKey: .instance)
        case .lostAfterAnswer(let instance, let time):
            try container.encode(instance, forKey: .instance)
            try container.encode(time, forKey: .time)
        case .nothingLost: break
        }
    }

    private var kind: Kind {
        switch self {
        case .spread: .spread
        case .notByBFD: .notByBFD
        case .packetsUntilInPlace: .packetsUntilInPlace
        case .latePacketOrTimer: .latePacketOrTimer
        case .lateTimer: .lateTimer
        case .slowFault: .slowFault
        case .busyMachine: .busyMachine
        case .earlyPacket: .earlyPacket
        case .earlyMessage: .earlyMessage
        case .byNoTimer: .byNoTimer
        case .detection: .detection
        case .gap: .gap
        case .neverAnswered: .neverAnswered
        case .lostAfterAnswer: .lostAfterAnswer
        case .answeredUntil: .answeredUntil
        case .nothingLost: .nothingLost
        }
    }
}
