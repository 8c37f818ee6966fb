// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// An event that AWS's route server peer log records (Amazon VPC User Guide, "Route server peer logging").
package struct PeerLogEvent: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, Codable {
        case up = "UP"
        case down = "DOWN"
    }

    package enum RouteStatus: String, Hashable, Sendable, Codable {
        case advertised = "ADVERTISED"
        case updated = "UPDATED"
        case withdrawn = "WITHDRAWN"
    }

    /// What happened; routes lost with their session have no event of their own, which is assumed.
    package enum Event: Hashable, Sendable {
        case bgpStatus(Status)
        case bfdStatus(Status)
        /// A peer's change to a prefix, with its present or former attributes.
        case routeStatus(RouteStatus, IPPrefix, SharedAttributes)
    }

    package var peer: RouteServerConfiguration.Peer
    package var event: Event
    package var at: Instant

    /// The event as a line of AWS's log.
    ///
    /// `epochOffset` converts an instant to the time since 1970.
    package func record(region: String, account: String, epochOffset: Duration) -> PeerLogRecord {
        let (type, status, message): (PeerLogRecord.Kind, String, PeerLogRecord.Message?) =
            switch event {
            case .bgpStatus(let status): (.bgpStatus, status.rawValue, nil)
            case .bfdStatus(let status): (.bfdStatus, status.rawValue, nil)
            case .routeStatus(let status, let prefix, let attributes):
                (.routeStatus, status.rawValue, PeerLogRecord.Message(prefix, attributes.value))
            }
        let sinceEpoch = (at + epochOffset).nanoseconds
        return PeerLogRecord(
            resourceARN: "arn:aws:ec2:\(region):\(account):route-server-peer/\(peer.resourceID)",
            eventTimestamp: sinceEpoch / 1_000_000, type: type, status: status, message: message)
    }
}

/// A line of AWS's route server peer log, with AWS's keys.
package struct PeerLogRecord: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case bgpStatus = "BGPStatus"
        case bfdStatus = "BFDStatus"
        case routeStatus = "RouteStatus"
    }

    /// A route.
    package struct Message: Hashable, Sendable, Codable {
        package var prefix: String
        /// The numbers separated by spaces, sets in braces.
        package var asPath: String
        /// 0 if the route has none.
        package var med: UInt32
        package var nextHopIp: String

        init(_ prefix: IPPrefix, _ attributes: PathAttributes) {
            self.prefix = "\(prefix)"
            asPath = attributes.asPath.text
            med = attributes.multiExitDiscriminator ?? 0
            nextHopIp = "\(attributes.nextHop)"
        }
    }

    package var resourceARN: String
    /// Milliseconds since 1970.
    package var eventTimestamp: Int64
    package var type: Kind
    package var status: String
    /// Nil, written as null, for an event that is not about a route.
    package var message: Message?

    private enum CodingKeys: String, CodingKey {
        case resourceARN = "resource_arn"
        case eventTimestamp = "event_timestamp"
        case type, status, message
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(resourceARN, forKey: .resourceARN)
        try container.encode(eventTimestamp, forKey: .eventTimestamp)
        try container.encode(type, forKey: .type)
        try container.encode(status, forKey: .status)
        try container.encode(message, forKey: .message)
    }
}
