// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A neighbour at one moment, with everything that its listings show.
package struct NeighborSnapshot: Hashable, Sendable, Codable {
    package var configuration: SessionConfiguration
    package var phase: Phase
    package var statistics: SessionStatistics
    /// How long the session has been Established, or how long ago it last was; nil if it never was.
    package var upDownTime: Duration?
    /// Routes that the neighbour sent, those of them that may be used, and routes that it was sent.
    package var receivedCount: Int
    package var acceptedCount: Int
    package var advertisedCount: Int
    /// Octets waiting to be sent.
    package var outputQueueByteCount: Int
    /// The endpoint that terminates the session; only for a route server's neighbours.
    package var endpoint: String?
    /// Connections to the same endpoint from addresses that are no peer's; nil if there were none.
    package var refusedConnections: RefusedConnections?

    package struct RefusedConnections: Hashable, Sendable, Codable {
        package var count: Int
        package var lastAddress: IPAddress

        package init(count: Int, lastAddress: IPAddress) {
            self.count = count
            self.lastAddress = lastAddress
        }
    }

    package init(
        configuration: SessionConfiguration, phase: Phase, statistics: SessionStatistics, upDownTime: Duration?,
        receivedCount: Int = 0, acceptedCount: Int = 0, advertisedCount: Int = 0, outputQueueByteCount: Int = 0,
        endpoint: String? = nil
    ) {
        self.configuration = configuration
        self.phase = phase
        self.statistics = statistics
        self.upDownTime = upDownTime
        self.receivedCount = receivedCount
        self.acceptedCount = acceptedCount
        self.advertisedCount = advertisedCount
        self.outputQueueByteCount = outputQueueByteCount
        self.endpoint = endpoint
    }

    /// The neighbour's address, which identifies it in listings.
    package var address: IPAddress { configuration.peerAddress }
}

/// A speaker's own figures, as in `gobgp global`.
package struct GlobalSnapshot: Hashable, Sendable, Codable {
    package var asn: ASN
    package var routerID: IPv4Address
    /// The TCP port it listens on; 0 for none.
    package var listeningPort: UInt16
    package var listeningAddresses: [IPAddress]

    package init(asn: ASN, routerID: IPv4Address, listeningPort: UInt16, listeningAddresses: [IPAddress]) {
        self.asn = asn
        self.routerID = routerID
        self.listeningPort = listeningPort
        self.listeningAddresses = listeningAddresses
    }

    /// The text of `gobgp global`.
    package var text: String {
        var text = "AS:        \(asn)\nRouter-ID: \(routerID)\n"
        if listeningPort > 0 {
            let addresses = listeningAddresses.map(\.description).joined(separator: ", ")
            text += "Listening Port: \(listeningPort), Addresses: \(addresses)\n"
        }
        return text
    }
}
