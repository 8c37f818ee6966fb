// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which packets a rule applies to; every part that is not nil must match.
///
/// Ports, transports and sources match only IPv4 packets.
package struct PacketMatch: Hashable, Sendable, Codable {
    package enum Transport: UInt8, Hashable, Sendable, Codable {
        case icmp = 1
        case tcp = 6
        case udp = 17
    }

    package enum Port: Hashable, Sendable, Codable {
        case source(UInt16)
        case destination(UInt16)
    }

    package var transport: Transport?
    package var port: Port?
    package var destination: IPAddress?
    package var source: IPv4Address?
    /// Of ICMP echo messages: the identifier, which says whose they are (RFC 792).
    package var echoIdentifier: UInt16?
    /// The rule applies to each packet with this probability: 0...1.
    package var probability: Double?

    /// Matches every packet, including ARP, unless narrowed.
    package init(
        transport: Transport? = nil, port: Port? = nil, destination: IPAddress? = nil, source: IPv4Address? = nil,
        echoIdentifier: UInt16? = nil, probability: Double? = nil
    ) {
        self.transport = transport
        self.port = port
        self.destination = destination
        self.source = source
        self.echoIdentifier = echoIdentifier
        self.probability = probability
    }

    /// The family of the packets; nil for both.
    var family: AddressFamily? {
        destination?.family ?? (transport != nil || port != nil || source != nil ? .ipv4 : nil)
    }
}

/// Packets that arrive at one link and are dropped there, before the namespace sees them.
package struct IngressDrop: Hashable, Sendable, Codable {
    /// The link's name.
    package var link: String
    package var match: PacketMatch

    package init(link: String, match: PacketMatch = PacketMatch()) {
        self.link = link
        self.match = match
    }
}
