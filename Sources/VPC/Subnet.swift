// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS::EC2::Subnet.
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
