// SPDX-License-Identifier: MIT-0

/// An IPv4 or IPv6 address.
///
/// Encoded in JSON as its text.
package enum IPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Parses dotted decimal or the forms of RFC 4291; nil for anything else.
    package init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    package var family: AddressFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// The unspecified address of its family: 0.0.0.0 or `::`.
    package var isUnspecified: Bool {
        switch self {
        case .v4(let address): address == .any
        case .v6(let address): address == .any
        }
    }

    /// The octets, 4 or 16.
    package var octets: [UInt8] {
        switch self {
        case .v4(let address):
            return (0..<4).map { UInt8(truncatingIfNeeded: address.bits >> UInt32(24 - 8 * $0)) }
        case .v6(let address):
            return (0..<16).map { index in
                UInt8(truncatingIfNeeded: (index < 8 ? address.high : address.low) >> UInt64(56 - 8 * (index % 8)))
            }
        }
    }

    /// Makes an address from its octets, 4 or 16; nil for any other count.
    package init?(octets: some Collection<UInt8>) {
        switch octets.count {
        case 4:
            self = .v4(IPv4Address(bits: octets.reduce(0) { $0 << 8 | UInt32($1) }))
        case 16:
            self = .v6(
                IPv6Address(
                    high: octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                    low: octets.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }))
        default:
            return nil
        }
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

/// IPv4 or IPv6.
///
/// BGP's AFI and Linux's AF number them differently, so the writer of each picks the number.
package enum AddressFamily: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
    case ipv4, ipv6

    /// For display: "IPv4" or "IPv6".
    package var name: String { self == .ipv4 ? "IPv4" : "IPv6" }

    /// Bits in an address: 32 or 128.
    package var bitWidth: Int {
        switch self {
        case .ipv4: 32
        case .ipv6: 128
        }
    }

    package static func < (left: AddressFamily, right: AddressFamily) -> Bool {
        left.bitWidth < right.bitWidth
    }
}

extension IPAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = IPAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not an IP address"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
