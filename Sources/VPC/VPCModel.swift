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
    package var securityGroups: [SecurityGroup]

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
}
