// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Host routes in a row, of the addresses that are set aside for benchmarks (RFC 2544 appendix C.2.2: 198.18.0.0/15).
///
/// A block stands for all of them in two numbers, however many there are; nobody has to list them to speak of them.
package struct PrefixBlock: Hashable, Sendable, Codable {
    /// From 1 to `maximumCount`.
    package let count: Int

    /// What the addresses are taken from.
    package static let range = IPPrefix(masking: .v4(IPv4Address(bits: 0xC612_0000)), length: 15)
    package static let maximumCount = 100_000
    private static let firstBits: UInt32 = 0xC612_0001

    /// Nil for a count that is out of range.
    package init?(count: Int) {
        guard (1...Self.maximumCount).contains(count) else { return nil }
        self.count = count
    }

    /// The /32 at a place, from 0.
    package subscript(index: Int) -> IPPrefix {
        IPPrefix(host: address(index))
    }

    package func address(_ index: Int) -> IPAddress {
        .v4(IPv4Address(bits: Self.firstBits + UInt32(index)))
    }

    /// The place of a prefix; nil for one that is not of the block.
    package func index(of prefix: IPPrefix) -> Int? {
        guard prefix.isHost, case .v4(let address) = prefix.address, address.bits >= Self.firstBits else { return nil }
        let index = Int(address.bits - Self.firstBits)
        return index < count ? index : nil
    }

    /// The places of so many samples, spread evenly from the first prefix to the last.
    package func samples(_ sampleCount: Int) -> [Int] {
        let sampleCount = min(sampleCount, count)
        guard sampleCount > 1 else { return sampleCount == 1 ? [0] : [] }
        return (0..<sampleCount).map { $0 * (count - 1) / (sampleCount - 1) }
    }
}
