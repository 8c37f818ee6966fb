// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// One route server as the VPC knows it: its peers, who owns which address, and the route tables it writes.
package struct RouteServerConfiguration: Hashable, Sendable, Codable {
    /// One BGP session: an endpoint and the device that dials it (AWS::EC2::RouteServerPeer).
    package struct Peer: Hashable, Sendable, Codable {
        package var id: PeerID
        /// The endpoint's name.
        package var endpoint: String
        package var endpointAddress: IPAddress
        /// The device's address.
        package var address: IPAddress
        package var asn: ASN

        package init(id: PeerID, endpoint: String, endpointAddress: IPAddress, address: IPAddress, asn: ASN) {
            self.id = id
            self.endpoint = endpoint
            self.endpointAddress = endpointAddress
            self.address = address
            self.asn = asn
        }
    }

    /// An address in the VPC with the network interface that has it.
    package struct OwnedAddress: Hashable, Sendable, Codable {
        package var address: IPAddress
        package var networkInterface: String
        package var instance: String?

        package init(address: IPAddress, networkInterface: String, instance: String?) {
            self.address = address
            self.networkInterface = networkInterface
            self.instance = instance
        }
    }

    /// A VPC route table that the route server writes (AWS::EC2::RouteServerPropagation).
    package struct PropagatedTable: Hashable, Sendable, Codable {
        package var name: String
        /// The number of the kernel's table that stands for it.
        package var kernelTable: UInt32
        /// What static routes of the table lead to: for the same prefix they win over a propagated route.
        package var staticPrefixes: [IPPrefix]

        package init(name: String, kernelTable: UInt32, staticPrefixes: [IPPrefix]) {
            self.name = name
            self.kernelTable = kernelTable
            self.staticPrefixes = staticPrefixes
        }
    }

    package var name: String
    package var asn: ASN
    package var peers: [Peer]
    /// Every address of the VPC that a next hop may name.
    package var owners: [OwnedAddress]
    /// No two with the same kernel table.
    package var propagations: [PropagatedTable]
    /// AWS publishes no order; what was observed compares MED across ASNs, so that is what `.always` assumes.
    package var selection: PathSelection
    /// Whether a path without a network interface behind its next hop is left out of selection.
    ///
    /// RFC 4271 section 9.1.2 asks for it. Without it such a path can win, and then nothing is installed. Which of the two
    /// AWS does is not published.
    package var selectsOnlyResolvableNextHops: Bool

    package init(
        name: String, asn: ASN, peers: [Peer], owners: [OwnedAddress], propagations: [PropagatedTable],
        selection: PathSelection = PathSelection(medComparison: .always), selectsOnlyResolvableNextHops: Bool = true
    ) {
        self.name = name
        self.asn = asn
        self.peers = peers
        self.owners = owners
        self.propagations = propagations
        self.selection = selection
        self.selectsOnlyResolvableNextHops = selectsOnlyResolvableNextHops
    }
}

/// The logical id of a route server peer.
package struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var logicalID: String

    package init(_ logicalID: String) {
        self.logicalID = logicalID
    }

    package static func < (left: PeerID, right: PeerID) -> Bool {
        left.logicalID < right.logicalID
    }

    package var description: String { logicalID }
}

extension PeerID: Codable {
    package init(from decoder: any Decoder) throws {
        logicalID = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(logicalID)
    }
}
