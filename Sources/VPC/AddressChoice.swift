// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The addresses of one subnet, given out one by one.
///
/// Claim what a template fixes first, then choose for endpoints, then for instances: so the same template always gets the
/// same addresses, and a fixed address never moves.
package struct AddressChoice: Sendable {
    /// Why an address could not be claimed.
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
    /// The network address as a number, and how many addresses follow it in the block.
    private let base: UInt32
    private let lastOffset: UInt32
    private var taken: Set<UInt32> = []

    /// Nil unless the block is IPv4.
    package init?(_ block: IPPrefix) {
        guard case .v4(let address) = block.address else { return nil }
        self.block = block
        base = address.bits
        lastOffset = block.length == 0 ? .max : (1 << UInt32(32 - block.length)) - 1
    }

    /// The address of the VPC router: network address + 1; nil in a block of one address.
    package var routerAddress: IPAddress? {
        lastOffset >= 1 ? address(at: 1) : nil
    }

    /// Takes an address that the template fixes.
    package mutating func claim(_ address: IPAddress) throws(Refusal) {
        guard block.contains(address), case .v4(let address) = address else { throw .outsideSubnet }
        let offset = address.bits - base
        guard offset >= 4, offset < lastOffset else { throw .reserved }
        guard taken.insert(offset).inserted else { throw .taken }
    }

    /// An address for a route server endpoint: the lowest free one from .4 on; nil when the subnet is full.
    package mutating func chooseForEndpoint() -> IPAddress? {
        choose(from: 4)
    }

    /// An address for an instance's interface: the lowest free one from .10 on, then from .4 on.
    ///
    /// Nil when the subnet is full.
    package mutating func chooseForInstance() -> IPAddress? {
        choose(from: 10) ?? choose(from: 4)
    }

    private mutating func choose(from first: UInt32) -> IPAddress? {
        var offset = first
        while offset < lastOffset {
            if taken.insert(offset).inserted { return address(at: offset) }
            offset += 1
        }
        return nil
    }

    private func address(at offset: UInt32) -> IPAddress {
        .v4(IPv4Address(bits: base + offset))
    }
}
