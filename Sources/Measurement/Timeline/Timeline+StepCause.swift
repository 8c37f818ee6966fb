// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

extension Timeline {
    /// What caused a step of a timeline.
    package enum StepCause: Hashable, Sendable {
        case fault(FaultName)
        /// The fault was taken back; nil for the last of several.
        case takenBack(FaultName?)
        /// The cause of the event that makes the step.
        case event(Cause)
        /// An UPDATE informed the route server, without a session's end.
        case update(RouteCause)
        /// A path whose event gives no cause.
        case path(IPPrefix?, nextHop: IPAddress)
        /// The route table that decided, with the prefix where there are several.
        case table(String)
    }
}

/// In JSON an object with one member, named after the cause; the causes of events are as in the event.
extension Timeline.StepCause: Codable {
    private enum CodingKeys: String, CodingKey {
        case fault, update, path, table
        case takenBack = "taken_back"
    }

    private struct TakenBack: Codable {
        var fault: FaultName?
    }

    private struct Path: Codable {
        var prefix: IPPrefix?
        var nextHop: IPAddress

        private enum CodingKeys: String, CodingKey {
            case prefix
            case nextHop = "next_hop"
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch container.allKeys.first {
        case .fault: self = .fault(try container.decode(FaultName.self, forKey: .fault))
        case .takenBack: self = .takenBack(try container.decode(TakenBack.self, forKey: .takenBack).fault)
        case .update:
            guard case .route(let cause) = try container.decode(Cause.self, forKey: .update) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .update, in: container, debugDescription: "an UPDATE changes routes")
            }
            self = .update(cause)
        case .path:
            let path = try container.decode(Path.self, forKey: .path)
            self = .path(path.prefix, nextHop: path.nextHop)
        case .table: self = .table(try container.decode(String.self, forKey: .table))
        case nil: self = .event(try Cause(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        if case .event(let cause) = self { return try cause.encode(to: encoder) }
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .event: break
        case .fault(let name): try container.encode(name, forKey: .fault)
        case .takenBack(let name): try container.encode(TakenBack(fault: name), forKey: .takenBack)
        case .update(let cause): try container.encode(Cause.route(cause), forKey: .update)
        case .path(let prefix, let nextHop):
            try container.encode(Path(prefix: prefix, nextHop: nextHop), forKey: .path)
        case .table(let name): try container.encode(name, forKey: .table)
        }
    }
}
