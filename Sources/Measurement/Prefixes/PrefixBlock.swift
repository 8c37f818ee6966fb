// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Consecutive host routes from the addresses reserved for benchmarks (RFC 2544 appendix C.2.2: 198.18.0.0/15).
///
/// A block describes all of them with two numbers, however many there are.
package struct PrefixBlock: Hashable, Sendable, Codable {
    /// From 1 to `maximumCount`.
    package let count: Int

    /// The range that the addresses come from.
    package static let range = IPPrefix(masking: .v4(IPv4Address(bits: 0xC612_0000)), length: 15)
    package static let maximumCount = 100_000
    private static let firstBits: UInt32 = 0xC612_0001

    /// Nil if the count is out of range.
    package init?(count: Int) {
        guard (1...Self.maximumCount).contains(count) else { return nil }
        self.count = count
    }

    /// The /32 at an index, from 0.
    package subscript(index: Int) -> IPPrefix {
        IPPrefix(host: address(index))
    }

    package func address(_ index: Int) -> IPAddress {
        .v4(IPv4Address(bits: Self.firstBits + UInt32(index)))
    }

    /// The index of a prefix; nil if it is not in the block.
    package func index(of prefix: IPPrefix) -> Int? {
        guard prefix.isHost, case .v4(let address) = prefix.address, address.bits >= Self.firstBits else { return nil }
        let index = Int(address.bits - Self.firstBits)
        return index < count ? index : nil
    }

    /// The indices of `sampleCount` samples, spread evenly from the first prefix to the last.
    package func samples(_ sampleCount: Int) -> [Int] {
        let sampleCount = min(sampleCount, count)
        guard sampleCount > 1 else { return sampleCount == 1 ? [0] : [] }
        return (0..<sampleCount).map { $0 * (count - 1) / (sampleCount - 1) }
    }
}
