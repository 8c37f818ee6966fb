// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS::EC2::Subnet.
package struct Subnet: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var cidrBlock: IPPrefix
    /// Nil in an IPv4-only subnet.
    package var ipv6CIDRBlock: IPPrefix?
    package var availabilityZone: String
    /// The subnet's associated table, or the main table.
    package var routeTable: String
    /// The VPC router's address in the subnet: network address + 1.
    package var routerAddress: IPAddress
    /// Whether an interface created in the subnet gets an IPv6 address automatically.
    package var assignsIPv6AddressOnCreation: Bool

    package init(
        logicalID: String, name: String, cidrBlock: IPPrefix, ipv6CIDRBlock: IPPrefix? = nil,
        availabilityZone: String, routeTable: String, routerAddress: IPAddress,
        assignsIPv6AddressOnCreation: Bool = false
    ) {
        self.logicalID = logicalID
        self.name = name
        self.cidrBlock = cidrBlock
        self.ipv6CIDRBlock = ipv6CIDRBlock
        self.availabilityZone = availabilityZone
        self.routeTable = routeTable
        self.routerAddress = routerAddress
        self.assignsIPv6AddressOnCreation = assignsIPv6AddressOnCreation
    }

    /// Its blocks, IPv4 first.
    package var cidrBlocks: [IPPrefix] { [cidrBlock] + [ipv6CIDRBlock].compactMap(\.self) }

    /// The VPC router's IPv6 address in the subnet, one of the first four, which AWS reserves.
    ///
    /// On AWS instances learn a link-local address of the router instead.
    package var ipv6RouterAddress: IPAddress? {
        ipv6CIDRBlock.flatMap { AddressChoice($0).routerAddress }
    }

    /// The subnet's block of a family; nil if it has none.
    package func cidrBlock(of family: AddressFamily) -> IPPrefix? {
        family == .ipv4 ? cidrBlock : ipv6CIDRBlock
    }
}
