// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An elastic network interface of an instance or of a route server endpoint.
package struct NetworkInterface: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var subnet: String
    package var address: IPAddress
    package var macAddress: MACAddress
    /// Whether packets that are neither from nor to an address of the interface are dropped.
    package var sourceDestinationCheck: Bool
    /// Its secondary private addresses.
    package var secondaryAddresses: [IPAddress]
    /// Its IPv6 addresses, the primary one first.
    package var ipv6Addresses: [IPAddress]
    /// Logical ids of its security groups.
    package var securityGroups: [String]
    /// The address that the internet gateway translates its primary address to and from; nil: nothing passes the
    /// gateway.
    package var publicAddress: IPAddress?

    package init(
        logicalID: String, name: String, subnet: String, address: IPAddress, macAddress: MACAddress,
        sourceDestinationCheck: Bool, secondaryAddresses: [IPAddress] = [], ipv6Addresses: [IPAddress] = [],
        securityGroups: [String] = [], publicAddress: IPAddress? = nil
    ) {
        self.logicalID = logicalID
        self.name = name
        self.subnet = subnet
        self.address = address
        self.macAddress = macAddress
        self.sourceDestinationCheck = sourceDestinationCheck
        self.secondaryAddresses = secondaryAddresses
        self.ipv6Addresses = ipv6Addresses
        self.securityGroups = securityGroups
        self.publicAddress = publicAddress
    }

    /// All of its addresses: the primary one first, IPv6 last.
    package var addresses: [IPAddress] { [address] + secondaryAddresses + ipv6Addresses }
}
