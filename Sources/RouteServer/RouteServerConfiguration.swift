// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// One route server as the VPC knows it: its peers, who owns which address, and the route tables it writes.
package struct RouteServerConfiguration: Hashable, Sendable, Codable {
    /// Where the route server speaks BGP in a subnet (AWS::EC2::RouteServerEndpoint).
    package struct Endpoint: Hashable, Sendable, Codable {
        package var name: String
        /// `rse-` and 17 hexadecimal digits.
        package var resourceID: String
        package var subnetID: String
        package var networkInterfaceID: String
        package var address: IPAddress

        package init(
            name: String, resourceID: String, subnetID: String, networkInterfaceID: String, address: IPAddress
        ) {
            self.name = name
            self.resourceID = resourceID
            self.subnetID = subnetID
            self.networkInterfaceID = networkInterfaceID
            self.address = address
        }
    }

    /// One BGP session: an endpoint and the device that dials it (AWS::EC2::RouteServerPeer).
    package struct Peer: Hashable, Sendable, Codable {
        /// How the endpoint notices that the device is gone.
        package enum LivenessDetection: String, Hashable, Sendable, Codable, CaseIterable {
            case bgpKeepalive = "bgp-keepalive"
            case bfd
        }

        package var id: PeerID
        /// `rsp-` and 17 hexadecimal digits.
        package var resourceID: String
        /// The endpoint's name.
        package var endpoint: String
        package var endpointAddress: IPAddress
        /// The device's address.
        package var address: IPAddress
        package var asn: ASN
        package var livenessDetection: LivenessDetection

        /// Without a resource id the logical id stands for it.
        package init(
            id: PeerID, resourceID: String? = nil, endpoint: String, endpointAddress: IPAddress, address: IPAddress,
            asn: ASN, livenessDetection: LivenessDetection = .bgpKeepalive
        ) {
            self.id = id
            self.resourceID = resourceID ?? id.logicalID
            self.endpoint = endpoint
            self.endpointAddress = endpointAddress
            self.address = address
            self.asn = asn
            self.livenessDetection = livenessDetection
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
        /// `rtb-` and 17 hexadecimal digits.
        package var resourceID: String
        /// The number of the kernel's table that stands for it.
        package var kernelTable: UInt32
        /// What static routes of the table lead to: for the same prefix they win over a propagated route.
        package var staticPrefixes: [IPPrefix]
        /// What the table's `local` routes lead to: the blocks of the VPC.
        package var localPrefixes: [IPPrefix]
        /// What alone a propagated route may lead to; nil: anything.
        package var permittedPrefixes: [IPPrefix]?

        /// Without a resource id the name stands for it.
        package init(
            name: String, resourceID: String? = nil, kernelTable: UInt32, staticPrefixes: [IPPrefix],
            localPrefixes: [IPPrefix] = [], permittedPrefixes: [IPPrefix]? = nil
        ) {
            self.name = name
            self.resourceID = resourceID ?? name
            self.kernelTable = kernelTable
            self.staticPrefixes = staticPrefixes
            self.localPrefixes = localPrefixes
            self.permittedPrefixes = permittedPrefixes
        }
    }

    /// Which of a table's local route and a propagated route inside the VPC's block is followed.
    package enum LocalRoutePolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The more specific one, as everywhere else: what routing a subnet's traffic through an appliance needs.
        case longestPrefix = "longest-prefix"
        /// The local route, as AWS documents it for the routes of a VPN or a Direct Connect gateway.
        case localFirst = "local-first"
    }

    package var name: String
    /// `rs-` and 17 hexadecimal digits.
    package var resourceID: String
    package var vpcID: String
    package var asn: ASN
    package var endpoints: [Endpoint]
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
    /// AWS does not say; that the longest prefix decides is assumed.
    package var localRoutePolicy: LocalRoutePolicy
    package var quotas: RouteServerQuotas
    package var persistRoutes: PersistRoutes
    package var delays: ProgrammingDelays
    package var isNotifyingSNS: Bool
    /// Whether what happens to peers and their routes is put down as AWS's peer log does.
    package var recordsPeerLog: Bool
    /// Whether it begins associated with its VPC, as whatever has endpoints or propagations is.
    package var isAssociated = true

    /// Without resource ids, names stand for them.
    package init(
        name: String, resourceID: String? = nil, vpcID: String = "", asn: ASN, endpoints: [Endpoint] = [],
        peers: [Peer], owners: [OwnedAddress], propagations: [PropagatedTable],
        selection: PathSelection = PathSelection(medComparison: .always), selectsOnlyResolvableNextHops: Bool = true,
        localRoutePolicy: LocalRoutePolicy = .longestPrefix, quotas: RouteServerQuotas = .aws,
        persistRoutes: PersistRoutes = PersistRoutes(), delays: ProgrammingDelays = .none, isNotifyingSNS: Bool = false,
        recordsPeerLog: Bool = false
    ) {
        self.name = name
        self.resourceID = resourceID ?? name
        self.vpcID = vpcID
        self.asn = asn
        self.endpoints = endpoints
        self.peers = peers
        self.owners = owners
        self.propagations = propagations
        self.selection = selection
        self.selectsOnlyResolvableNextHops = selectsOnlyResolvableNextHops
        self.localRoutePolicy = localRoutePolicy
        self.quotas = quotas
        self.persistRoutes = persistRoutes
        self.delays = delays
        self.isNotifyingSNS = isNotifyingSNS
        self.recordsPeerLog = recordsPeerLog
    }

    /// Whether a propagated route to a prefix has a place in a table, whatever its next hop.
    package func admits(_ prefix: IPPrefix, to table: PropagatedTable) -> Bool {
        Propagation(table, of: self, state: .available).objection(to: prefix) == nil
    }
}
