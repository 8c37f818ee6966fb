// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The addresses of one subnet and family, assigned one by one.
///
/// Claim the addresses that a template fixes first, then choose for endpoints, then for instances. That way the same
/// template always gets the same addresses, and a fixed address never moves.
package struct AddressChoice: Sendable {
    /// Why an address cannot be claimed.
    package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case outsideSubnet, reserved, taken

        package var description: String {
            switch self {
            case .outsideSubnet: "lies outside the subnet"
            case .reserved: "is one of the five that AWS reserves (the first four and the last of a subnet)"
            case .taken: "is already taken"
            }
        }
    }

    private let block: IPPrefix
    /// How many addresses follow the network address in the block.
    private let lastOffset: UInt128
    private var taken: Set<UInt128> = []

    package init(_ block: IPPrefix) {
        self.block = block
        let hostBits = block.family.bitWidth - block.length
        lastOffset = hostBits == UInt128.bitWidth ? .max : (1 << UInt128(hostBits)) - 1
    }

    /// The address of the VPC router: network address + 1; nil in a block of one address.
    package var routerAddress: IPAddress? {
        lastOffset >= 1 ? address(at: 1) : nil
    }

    /// Claims an address that the template fixes.
    package mutating func claim(_ address: IPAddress) throws(Refusal) {
        guard block.contains(address) else { throw .outsideSubnet }
        let offset = address.number - block.address.number
        guard offset >= 4, offset < lastOffset else { throw .reserved }
        guard taken.insert(offset).inserted else { throw .taken }
    }

    /// Chooses an address for a route server endpoint: the lowest free one from .4 up; nil if the subnet is full.
    package mutating func chooseForEndpoint() -> IPAddress? {
        choose(from: 4)
    }

    /// Chooses an address for an instance's interface: the lowest free one from .10 (`::10` in IPv6) up, then from .4
    /// up.
    ///
    /// Nil if the subnet is full.
    package mutating func chooseForInstance() -> IPAddress? {
        choose(from: block.family == .ipv4 ? 10 : 0x10) ?? choose(from: 4)
    }

    private mutating func choose(from first: UInt128) -> IPAddress? {
        var offset = first
        while offset < lastOffset {
            if taken.insert(offset).inserted { return address(at: offset) }
            offset += 1
        }
        return nil
    }

    private func address(at offset: UInt128) -> IPAddress {
        let number = block.address.number + offset
        return switch block.family {
        case .ipv4: .v4(IPv4Address(bits: UInt32(number)))
        case .ipv6: .v6(IPv6Address(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number)))
        }
    }
}

extension IPAddress {
    fileprivate var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.bits)
        case .v6(let address): UInt128(address.high) << 64 | UInt128(address.low)
        }
    }
}
