// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A VPC as rslab deploys it: the template, with every address chosen and every reference resolved.
///
/// Objects refer to each other by logical id, which is unique in a model. `name` is what people see: the Name tag, or
/// the logical id if there is none. Ids in AWS's form (`subnet-0…`) are derived from the logical id, so the same
/// template gives the same ids.
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
    package var securityGroups: [SecurityGroup]
    /// The tags in the template, by the objects' ids in AWS's form.
    package var tags: [String: [ResourceTag]] = [:]

    package init(
        logicalID: String, name: String, cidrBlocks: [IPPrefix], subnets: [Subnet],
        internetGateway: InternetGateway?, routeTables: [RouteTable], networkInterfaces: [NetworkInterface],
        instances: [Instance], routeServers: [RouteServerObject], securityGroups: [SecurityGroup] = []
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
        self.securityGroups = securityGroups
    }
}

extension VPCModel {
    /// The network interface with a logical id.
    package func networkInterface(_ logicalID: String) -> NetworkInterface? {
        networkInterfaces.first { $0.logicalID == logicalID }
    }

    /// The destinations allowed in an internet gateway's route table: the whole blocks of the VPC and those of single
    /// subnets (Amazon VPC User Guide, "Gateway route tables").
    package var gatewayDestinations: [IPPrefix] { cidrBlocks + subnets.flatMap(\.cidrBlocks) }

    /// Whether anything in the VPC has an IPv6 address.
    package var usesIPv6: Bool { subnets.contains { $0.ipv6CIDRBlock != nil } }

    /// All addresses of an instance's interfaces, eth0's primary one first.
    package func addresses(of instance: Instance) -> [IPAddress] {
        instance.networkInterfaces.compactMap { networkInterface($0) }.flatMap(\.addresses)
    }

    /// The IPv6 next hop of an instance's routes: an address of the interface that its BGP sessions use, or of the
    /// first interface that has one.
    package func ipv6NextHop(of instance: Instance) -> IPAddress? {
        let peers = Set(routeServers.flatMap(\.peers).map(\.address))
        let interfaces = instance.networkInterfaces.compactMap { networkInterface($0) }
        let speaking = interfaces.first { !peers.isDisjoint(with: $0.addresses) && !$0.ipv6Addresses.isEmpty }
        return speaking?.ipv6Addresses.first ?? interfaces.lazy.compactMap(\.ipv6Addresses.first).first
    }

    /// The instances that may answer for a floating IP: first those with a speaker, then those that only have one on
    /// `lo`.
    package var answeringInstances: [Instance] {
        instances.filter { $0.boot.speakerConfiguration != nil }
            + instances.filter { $0.boot.speakerConfiguration == nil && !$0.boot.loopbackAddresses.isEmpty }
    }

    /// The instances that forward and speak BGP: firewalls and other appliances between which a route server moves
    /// traffic.
    package var forwardingSpeakers: [Instance] {
        instances.filter { $0.boot.isForwarding && $0.boot.speakerConfiguration != nil }
    }

    /// How many forwarding speakers can be distinguished: each marks the replies that it forwards.
    package static let forwardingSpeakerCountMax = 15

    /// How many answering instances can be distinguished: each has an IP time to live of its own.
    package static let answeringInstanceCountMax = 124
}
