// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
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
        /// How the endpoint detects that the device is gone.
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

        /// The resource id defaults to the logical id.
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

    /// An address in the VPC, and the network interface that has it.
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
        /// The number of the kernel table that represents it.
        package var kernelTable: UInt32
        /// Destinations of the table's static routes, which are preferred to propagated routes for the same prefix.
        package var staticPrefixes: [IPPrefix]
        /// Destinations of the table's `local` routes: the VPC's blocks.
        package var localPrefixes: [IPPrefix]
        /// The only destinations allowed for propagated routes; nil: any.
        package var permittedPrefixes: [IPPrefix]?

        /// The resource id defaults to the name.
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

    /// Whether a table's local route or a propagated route inside the VPC's block is preferred.
    package enum LocalRoutePolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The more specific one, as usual: required to route a subnet's traffic through an appliance.
        case longestPrefix = "longest-prefix"
        /// The local route, as AWS documents for routes of a VPN or a Direct Connect gateway.
        case localFirst = "local-first"
    }

    package var name: String
    /// `rs-` and 17 hexadecimal digits.
    package var resourceID: String
    package var vpcID: String
    package var asn: ASN
    package var endpoints: [Endpoint]
    package var peers: [Peer]
    /// Every address of the VPC that can be a next hop.
    package var owners: [OwnedAddress]
    /// Each with a different kernel table.
    package var propagations: [PropagatedTable]
    /// AWS publishes no order; `.always` is assumed, because MED was observed to be compared across ASNs.
    package var selection: PathSelection
    /// Whether a path whose next hop belongs to no network interface is left out of selection.
    ///
    /// RFC 4271 section 9.1.2 requires it. Otherwise such a path can win, and then nothing is installed. AWS does not
    /// publish which of the two it does.
    package var selectsOnlyResolvableNextHops: Bool
    /// AWS does not document it; that the longest prefix wins is assumed.
    package var localRoutePolicy: LocalRoutePolicy
    package var quotas: RouteServerQuotas
    package var persistRoutes: PersistRoutes
    package var delays: ProgrammingDelays
    package var isNotifyingSNS: Bool
    /// Whether events of peers and their routes are recorded as in AWS's peer log.
    package var recordsPeerLog: Bool
    /// Whether it is associated with its VPC from the start; one with endpoints or propagations is.
    package var isAssociated = true

    /// Resource ids default to names.
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

    /// Whether a table can take a propagated route to a prefix, whatever its next hop.
    package func admits(_ prefix: IPPrefix, to table: PropagatedTable) -> Bool {
        Propagation(table, of: self, state: .available).objection(to: prefix) == nil
    }
}
