// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS::EC2::RouteServerPeer: one BGP session that an endpoint waits for.
package struct RouteServerPeer: Hashable, Sendable, Codable {
    /// How the endpoint detects that the peer is gone.
    package enum LivenessDetection: String, Hashable, Sendable, Codable {
        case bgpKeepalive = "bgp-keepalive"
        case bfd
    }

    package var logicalID: String
    package var name: String
    package var endpoint: String
    package var address: IPAddress
    package var asn: UInt32
    package var livenessDetection: LivenessDetection

    package init(
        logicalID: String, name: String, endpoint: String, address: IPAddress, asn: UInt32,
        livenessDetection: LivenessDetection
    ) {
        self.logicalID = logicalID
        self.name = name
        self.endpoint = endpoint
        self.address = address
        self.asn = asn
        self.livenessDetection = livenessDetection
    }
}
