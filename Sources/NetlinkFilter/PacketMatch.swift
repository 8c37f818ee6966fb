// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which packets a rule is about; every part that is not nil must hold.
///
/// Ports, transports and sources are those of IPv4 packets.
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
    /// Each packet is meant with this probability: 0...1.
    package var probability: Double?

    /// Every packet, ARP included, unless it is narrowed.
    package init(
        transport: Transport? = nil, port: Port? = nil, destination: IPAddress? = nil, source: IPv4Address? = nil,
        probability: Double? = nil
    ) {
        self.transport = transport
        self.port = port
        self.destination = destination
        self.source = source
        self.probability = probability
    }

    /// The family of the packets; nil where that of both is meant.
    var family: AddressFamily? {
        destination?.family ?? (transport != nil || port != nil || source != nil ? .ipv4 : nil)
    }
}

/// What arrives at one link and is dropped there, before the namespace sees it.
package struct IngressDrop: Hashable, Sendable, Codable {
    /// The link's name.
    package var link: String
    package var match: PacketMatch

    package init(link: String, match: PacketMatch = PacketMatch()) {
        self.link = link
        self.match = match
    }
}
