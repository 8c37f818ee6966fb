// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A VPC as rslab deploys it: what a template says, with every address chosen and every reference resolved.
///
/// Objects refer to each other by logical id, which is unique in a model. `name` is what people see: the Name tag, or the
/// logical id where there is none. Ids in AWS's form (`subnet-0…`) are made from the logical id, so they are the same for
/// the same template.
package struct VPCModel: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var cidrBlocks: [IPPrefix]
    package var subnets: [Subnet]
    package var internetGateway: InternetGateway?
    package var routeTables: [RouteTable]
    package var networkInterfaces: [NetworkInterface]
    package var instances: [Instance]
    package var routeServers: [RouteServerObject]

    package init(
        logicalID: String, name: String, cidrBlocks: [IPPrefix], subnets: [Subnet],
        internetGateway: InternetGateway?, routeTables: [RouteTable], networkInterfaces: [NetworkInterface],
        instances: [Instance], routeServers: [RouteServerObject]
    ) {
        self.logicalID = logicalID
        self.name = name
        self.cidrBlocks = cidrBlocks
        self.subnets = subnets
        self.internetGateway = internetGateway
        self.routeTables = routeTables
        self.networkInterfaces = networkInterfaces
        self.instances = instances
        self.routeServers = routeServers
    }
}

package struct Subnet: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var cidrBlock: IPPrefix
    package var availabilityZone: String
    /// The table of the subnet's association, or the main table.
    package var routeTable: String
    /// The VPC router's address in the subnet: network address + 1.
    package var routerAddress: IPAddress

    package init(
        logicalID: String, name: String, cidrBlock: IPPrefix, availabilityZone: String, routeTable: String,
        routerAddress: IPAddress
    ) {
        self.logicalID = logicalID
        self.name = name
        self.cidrBlock = cidrBlock
        self.availabilityZone = availabilityZone
        self.routeTable = routeTable
        self.routerAddress = routerAddress
    }
}

package struct InternetGateway: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String

    package init(logicalID: String, name: String) {
        self.logicalID = logicalID
        self.name = name
    }
}

package struct RouteTable: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var isMain: Bool
    /// Static routes; the `local` route of each CIDR block of the VPC is implied.
    package var routes: [StaticRoute]

    package init(logicalID: String, name: String, isMain: Bool, routes: [StaticRoute]) {
        self.logicalID = logicalID
        self.name = name
        self.isMain = isMain
        self.routes = routes
    }
}

/// A route that a template creates (AWS::EC2::Route).
package struct StaticRoute: Hashable, Sendable, Codable {
    package enum Target: Hashable, Sendable, Codable {
        case internetGateway(String)
        case networkInterface(String)
    }

    package var destination: IPPrefix
    package var target: Target

    package init(destination: IPPrefix, target: Target) {
        self.destination = destination
        self.target = target
    }
}

/// An elastic network interface: of an instance, or of a route server endpoint.
package struct NetworkInterface: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var subnet: String
    package var address: IPAddress
    package var macAddress: MACAddress
    package var sourceDestinationCheck: Bool

    package init(
        logicalID: String, name: String, subnet: String, address: IPAddress, macAddress: MACAddress,
        sourceDestinationCheck: Bool
    ) {
        self.logicalID = logicalID
        self.name = name
        self.subnet = subnet
        self.address = address
        self.macAddress = macAddress
        self.sourceDestinationCheck = sourceDestinationCheck
    }
}

package struct Instance: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    /// In the order of their device index; never empty.
    ///
    /// The first is eth0.
    package var networkInterfaces: [String]
    /// What user data was understood to do.
    package var boot: InstanceBoot

    package init(logicalID: String, name: String, networkInterfaces: [String], boot: InstanceBoot) {
        self.logicalID = logicalID
        self.name = name
        self.networkInterfaces = networkInterfaces
        self.boot = boot
    }
}

/// What an instance's user data does when it boots, as far as rslab understands it.
package struct InstanceBoot: Hashable, Sendable, Codable {
    /// Addresses added to `lo`: the floating IPs.
    package var loopbackAddresses: [IPPrefix]
    /// The text of gobgpd.conf with all variables filled in; nil on an instance without a speaker.
    package var speakerConfiguration: SourceText?
    /// The arguments of each `gobgp global rib add` line, without those four words.
    package var announcements: [SourceWords]
    /// Lines of the script that were not understood, so that the user can be told.
    package var notUnderstood: [SourceText]

    package init(
        loopbackAddresses: [IPPrefix] = [], speakerConfiguration: SourceText? = nil,
        announcements: [SourceWords] = [], notUnderstood: [SourceText] = []
    ) {
        self.loopbackAddresses = loopbackAddresses
        self.speakerConfiguration = speakerConfiguration
        self.announcements = announcements
        self.notUnderstood = notUnderstood
    }
}

/// Text with the line of the template where it begins.
package struct SourceText: Hashable, Sendable, Codable {
    package var text: String
    package var line: Int

    package init(text: String, line: Int) {
        self.text = text
        self.line = line
    }
}

/// The words of a command with the line of the template where it stands.
package struct SourceWords: Hashable, Sendable, Codable {
    package var words: [String]
    package var line: Int

    package init(words: [String], line: Int) {
        self.words = words
        self.line = line
    }
}

/// AWS::EC2::RouteServer with everything that belongs to it.
package struct RouteServerObject: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var amazonSideASN: UInt32
    package var endpoints: [RouteServerEndpoint]
    package var peers: [RouteServerPeer]
    /// The route tables that it writes (AWS::EC2::RouteServerPropagation).
    package var propagations: [String]

    package init(
        logicalID: String, name: String, amazonSideASN: UInt32, endpoints: [RouteServerEndpoint],
        peers: [RouteServerPeer], propagations: [String]
    ) {
        self.logicalID = logicalID
        self.name = name
        self.amazonSideASN = amazonSideASN
        self.endpoints = endpoints
        self.peers = peers
        self.propagations = propagations
    }
}

package struct RouteServerEndpoint: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var networkInterface: String

    package init(logicalID: String, name: String, networkInterface: String) {
        self.logicalID = logicalID
        self.name = name
        self.networkInterface = networkInterface
    }
}

package struct RouteServerPeer: Hashable, Sendable, Codable {
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
