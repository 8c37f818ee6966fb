// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

extension TraceEvent {
    /// What an event tells beside its cause.
    package enum Detail: Hashable, Sendable {
        /// A thread of a node.
        package enum Thread: String, Hashable, Sendable, Codable {
            /// The one that does the node's work.
            case main
            case bfd
        }

        /// The real-time priority (SCHED_FIFO) that the kernel granted a thread; nil for none.
        case scheduling(Thread, fifoPriority: Int32?)
        /// A speaker that has started.
        case speaker(asn: UInt32, routerID: IPv4Address)
        /// What the OPENs of a session agreed on; 0 switches a timer off.
        case agreed(holdTimeSeconds: UInt16, keepaliveSeconds: UInt16)
        /// The session that ended was an attempt at one.
        case beforeEstablished
        /// Two states of a session, by their names in RFC 4271 or RFC 5880.
        case transition(from: String, to: String)
        /// What put the best path before the next best.
        case selection(SelectionReason)
        /// Routes are persisted because the last session ended, or still are because none is left again.
        case lastSessionEnded
        case noSessionAgain
        /// A session is back: how long persisted routes stay from now on.
        case sessionBack(givenUpIn: Milliseconds)
        /// Type and status of a line of AWS's peer log, such as BGPStatus and UP.
        case peerLog(type: String, status: String)
        /// How many more events of the same source were suppressed, because it made more than its limit allows.
        case suppressed(count: Int)
        /// A text for people, from which nothing is concluded.
        case message(String)
    }
}

/// In JSON a `kind`, and beside it what the kind has.
extension TraceEvent.Detail: Codable {
    private enum Kind: String, Codable {
        case scheduling, speaker, agreed
        case beforeEstablished = "before-established"
        case transition, selection
        case lastSessionEnded = "last-session-ended"
        case noSessionAgain = "no-session-again"
        case sessionBack = "session-back"
        case peerLog = "peer-log"
        case suppressed, message
    }

    private enum CodingKeys: String, CodingKey {
        case kind, thread, asn, from, to, reason, type, status, count, text
        case fifoPriority = "fifo_priority"
        case routerID = "router_id"
        case holdTime = "hold_time_s"
        case keepalive = "keepalive_s"
        case givenUpIn = "given_up_in_ms"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
            try container.decode(Value.self, forKey: key)
        }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .scheduling:
                .scheduling(
                    try value(.thread), fifoPriority: try container.decodeIfPresent(Int32.self, forKey: .fifoPriority))
            case .speaker: .speaker(asn: try value(.asn), routerID: try value(.routerID))
            case .agreed: .agreed(holdTimeSeconds: try value(.holdTime), keepaliveSeconds: try value(.keepalive))
            case .beforeEstablished: .beforeEstablished
            case .transition: .transition(from: try value(.from), to: try value(.to))
            case .selection: .selection(try value(.reason))
            case .lastSessionEnded: .lastSessionEnded
            case .noSessionAgain: .noSessionAgain
            case .sessionBack: .sessionBack(givenUpIn: try value(.givenUpIn))
            case .peerLog: .peerLog(type: try value(.type), status: try value(.status))
            case .suppressed: .suppressed(count: try value(.count))
            case .message: .message(try value(.text))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .scheduling(let thread, let priority):
            try container.encode(thread, forKey: .thread)
            try container.encodeIfPresent(priority, forKey: .fifoPriority)
        case .speaker(let asn, let routerID):
            try container.encode(asn, forKey: .asn)
            try container.encode(routerID, forKey: .routerID)
        case .agreed(let holdTime, let keepalive):
            try container.encode(holdTime, forKey: .holdTime)
            try container.encode(keepalive, forKey: .keepalive)
        case .transition(let from, let to):
            try container.encode(from, forKey: .from)
            try container.encode(to, forKey: .to)
        case .selection(let reason): try container.encode(reason, forKey: .reason)
        case .sessionBack(let time): try container.encode(time, forKey: .givenUpIn)
        case .peerLog(let type, let status):
            try container.encode(type, forKey: .type)
            try container.encode(status, forKey: .status)
        case .suppressed(let count): try container.encode(count, forKey: .count)
        case .message(let text): try container.encode(text, forKey: .text)
        case .beforeEstablished, .lastSessionEnded, .noSessionAgain: break
        }
    }

    private var kind: Kind {
        switch self {
        case .scheduling: .scheduling
        case .speaker: .speaker
        case .agreed: .agreed
        case .beforeEstablished: .beforeEstablished
        case .transition: .transition
        case .selection: .selection
        case .lastSessionEnded: .lastSessionEnded
        case .noSessionAgain: .noSessionAgain
        case .sessionBack: .sessionBack
        case .peerLog: .peerLog
        case .suppressed: .suppressed
        case .message: .message
        }
    }
}
