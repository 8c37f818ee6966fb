// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Everything that is built for a lab, in order: namespaces with their links, addresses and routes.
///
/// A value: `up --dry-run` prints it, `Deployment` builds it, and the same model gives the same plan. Every interface
/// index is chosen here, so building needs no look-ups.
package struct LabPlan: Hashable, Sendable, Codable {
    /// What a namespace represents.
    package enum NamespaceRole: String, Hashable, Sendable, Codable {
        /// The VPC's implied router.
        case vpc
        /// The layer-2 segment of a subnet.
        case subnet
        /// All endpoints of one route server.
        case routeServer = "route-server"
        case instance
        /// Everything behind the internet gateway.
        case internet
    }

    package struct Namespace: Hashable, Sendable, Codable {
        /// The node's name, which users type.
        package var name: String
        package var role: NamespaceRole
        /// Set before any link exists, so that every link inherits them.
        package var kernelParameters: [KernelParameter]
    }

    package struct KernelParameter: Hashable, Sendable, Codable {
        package var name: String
        package var value: Int
        /// Whether a kernel without it is acceptable (bridge-nf exists only with br_netfilter).
        package var isOptional: Bool = false
    }

    package struct Bridge: Hashable, Sendable, Codable {
        package var namespace: String
        package var name: String
        package var index: Int32
        package var macAddress: MACAddress
    }

    /// One end of a veth pair.
    package struct LinkEnd: Hashable, Sendable, Codable {
        package var namespace: String
        package var name: String
        package var index: Int32
        package var macAddress: MACAddress
        /// The bridge of which it is a port.
        package var master: Int32?
        /// The full name if `name` had to be shortened.
        package var alias: String?
    }

    package struct Cable: Hashable, Sendable, Codable {
        /// In the subnet's namespace, or in `vpc` for the internet gateway.
        package var near: LinkEnd
        package var far: LinkEnd
    }

    package struct Address: Hashable, Sendable, Codable {
        package var namespace: String
        package var index: Int32
        package var address: IPAddress
        package var prefixLength: Int
    }

    package struct Route: Hashable, Sendable, Codable {
        package var namespace: String
        package var destination: IPPrefix
        package var gateway: IPAddress?
        /// Nil for a route that drops silently.
        package var index: Int32?
        /// The kernel's table; 254 is main.
        package var table: UInt32
        /// Among several routes to one destination the lowest metric is used; nil: the kernel's default.
        package var metric: UInt32?

        package init(
            namespace: String, destination: IPPrefix, gateway: IPAddress?, index: Int32?, table: UInt32,
            metric: UInt32? = nil
        ) {
            self.namespace = namespace
            self.destination = destination
            self.gateway = gateway
            self.index = index
            self.table = table
            self.metric = metric
        }
    }

    package struct Rule: Hashable, Sendable, Codable {
        package var namespace: String
        /// Nil matches any interface, and packets that originate there.
        package var inputInterface: String?
        /// Nil matches any source.
        package var source: IPPrefix?
        /// Nil matches any destination.
        package var destination: IPPrefix?
        package var table: UInt32
        package var priority: UInt32
        package var family: AddressFamily
        /// Routes with a prefix no longer than this are ignored.
        package var suppressedPrefixLength: Int?
    }

    /// A public address, and the private one with which the internet gateway exchanges it.
    package struct PublicAddress: Hashable, Sendable, Codable {
        package var address: IPv4Address
        package var privateAddress: IPv4Address
    }

    /// What a forwarding instance writes into the echo replies that it forwards: its own IP time to live.
    package struct ReplyMark: Hashable, Sendable, Codable {
        package var namespace: String
        package var timeToLive: UInt8

        package init(namespace: String, timeToLive: UInt8) {
            self.namespace = namespace
            self.timeToLive = timeToLive
        }
    }

    package struct Neighbor: Hashable, Sendable, Codable {
        package var namespace: String
        package var index: Int32
        package var address: IPAddress
        package var macAddress: MACAddress
    }

    package var name: String
    package var namespaces: [Namespace] = []
    package var bridges: [Bridge] = []
    package var cables: [Cable] = []
    package var addresses: [Address] = []
    package var routes: [Route] = []
    package var rules: [Rule] = []
    package var neighbors: [Neighbor] = []
    /// Whether the router forwards IPv4 packets with a time to live of 1 or 255 unchanged.
    ///
    /// BGP and BFD sessions between subnets need that.
    package var keepsEdgeTimesToLive = false
    /// Translated on either side of the internet gateway's cable.
    package var publicAddresses: [PublicAddress] = []
    package var replyMarks: [ReplyMark] = []

    package init(name: String) {
        self.name = name
    }

    /// The index of the loopback of every namespace.
    package static let loopbackIndex: Int32 = 1
    /// The kernel's main table (RT_TABLE_MAIN).
    package static let mainTable: UInt32 = 254

    package func namespaces(_ role: NamespaceRole) -> [Namespace] {
        namespaces.filter { $0.role == role }
    }
}
