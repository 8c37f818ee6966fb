// SPDX-License-Identifier: MIT-0
import WireFormat

/// Which network interface of the VPC a next hop leads to.
struct NextHopOwners: Sendable {
    private let owners: [IPAddress: RouteServerConfiguration.OwnedAddress]
    /// The first IPv6 address of a network interface.
    private let ipv6Addresses: [String: RouteServerConfiguration.OwnedAddress]

    init(_ addresses: [RouteServerConfiguration.OwnedAddress]) {
        owners = Dictionary(addresses.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        ipv6Addresses = Dictionary(
            addresses.filter { $0.address.family == .ipv6 }.map { ($0.networkInterface, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The owner of a next hop, with an address of the prefix's family.
    ///
    /// IPv6 routes arrive over IPv4 sessions, where a speaker without an IPv6 address writes its IPv4 address as
    /// `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2). That this means the IPv6 address of the same network interface is
    /// assumed.
    func owner(of nextHop: IPAddress, for family: AddressFamily) -> RouteServerConfiguration.OwnedAddress? {
        if family == nextHop.family {
            return owners[nextHop]
                ?? nextHop.mappedIPv4.flatMap { owners[$0] }.flatMap { ipv6Addresses[$0.networkInterface] }
        }
        return nil
    }
}

extension IPAddress {
    /// The IPv4 address mapped into this one.
    fileprivate var mappedIPv4: IPAddress? {
        guard case .v6(let address) = self else { return nil }
        return address.mappedIPv4.map(IPAddress.v4)
    }
}
