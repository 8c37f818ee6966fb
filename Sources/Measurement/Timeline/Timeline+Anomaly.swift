// SPDX-License-Identifier: MIT-0

extension Timeline {
    /// Something in a timeline that does not fit together.
    package enum Anomaly: Hashable, Sendable {
        /// A step is stamped this much before one that causes it.
        case outOfOrder(StepName, before: StepName, by: Milliseconds)
        /// A session was already down before the fault.
        case downBefore(TrialSubject.Session)
        /// A session was not seen to go down.
        case notSeenDown(TrialSubject.Session)
        /// A step was seen only for other route tables.
        case otherTables(StepName, table: String)
    }
}

/// In JSON a `kind`, and next to it the kind's values.
extension Timeline.Anomaly: Codable {
    private enum Kind: String, Codable {
        case outOfOrder = "out-of-order"
        case downBefore = "down-before"
        case notSeenDown = "not-seen-down"
        case otherTables = "other-tables"
    }

    private enum CodingKeys: String, CodingKey {
        case kind, step, before, session, table
        case by = "by_ms"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
            try container.decode(Value.self, forKey: key)
        }
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .outOfOrder: .outOfOrder(try value(.step), before: try value(.before), by: try value(.by))
            case .downBefore: .downBefore(try value(.session))
            case .notSeenDown: .notSeenDown(try value(.session))
            case .otherTables: .otherTables(try value(.step), table: try value(.table))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func encode(_ kind: Kind) throws { try container.encode(kind, forKey: .kind) }
        switch self {
        case .outOfOrder(let step, let before, let by):
            try encode(.outOfOrder)
            try container.encode(step, forKey: .step)
            try container.encode(before, forKey: .before)
            try container.encode(by, forKey: .by)
        case .downBefore(let session):
            try encode(.downBefore)
            try container.encode(session, forKey: .session)
        case .notSeenDown(let session):
            try encode(.notSeenDown)
            try container.encode(session, forKey: .session)
        case .otherTables(let step, let table):
            try encode(.otherTables)
            try container.encode(step, forKey: .step)
            try container.encode(table, forKey: .table)
        }
    }
}
