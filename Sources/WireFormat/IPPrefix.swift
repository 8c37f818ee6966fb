// SPDX-License-Identifier: MIT-0

/// An address block in CIDR form.
///
/// The host bits are always zero.
package struct IPPrefix: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    /// 0...32 or 0...128.
    package let length: Int

    /// The block of `length` bits that contains `address`; host bits are cleared.
    package init(masking address: IPAddress, length: Int) {
        precondition((0...address.family.bitWidth).contains(length), "prefix length out of range")
        self.length = length
        switch address {
        case .v4(let address):
            self.address = .v4(IPv4Address(bits: length == 0 ? 0 : address.bits & (.max << UInt32(32 - length))))
        case .v6(let address):
            let high = length == 0 ? 0 : address.high & (length >= 64 ? .max : .max << UInt64(64 - length))
            let low = length <= 64 ? 0 : address.low & (.max << UInt64(128 - length))
            self.address = .v6(IPv6Address(high: high, low: low))
        }
    }

    /// The block of this one address: /32 or /128.
    package init(host address: IPAddress) {
        self.init(masking: address, length: address.family.bitWidth)
    }

    /// Parses `ADDRESS/LENGTH` with all host bits zero; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]),
            let length = decimalNumber(parts[1], upTo: address.family.bitWidth)
        else { return nil }
        self.init(masking: address, length: length)
        guard self.address == address else { return nil }
    }

    package var family: AddressFamily { address.family }

    package var isHost: Bool { length == family.bitWidth }

    package func contains(_ other: IPAddress) -> Bool {
        other.family == family && IPPrefix(masking: other, length: length).address == address
    }

    package func contains(_ other: IPPrefix) -> Bool {
        other.length >= length && contains(other.address)
    }

    package func overlaps(_ other: IPPrefix) -> Bool {
        contains(other) || other.contains(self)
    }

    package static func < (left: IPPrefix, right: IPPrefix) -> Bool {
        (left.address, left.length) < (right.address, right.length)
    }

    package var description: String {
        "\(address)/\(length)"
    }
}

extension IPPrefix: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = IPPrefix(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a CIDR block"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
