// SPDX-License-Identifier: MIT-0

/// An autonomous system number of four octets (RFC 6793).
package struct ASN: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var value: UInt32

    package init(_ value: UInt32) {
        self.value = value
    }

    /// AS_TRANS: takes the place of a number above 65535 where only two octets fit (RFC 6793 section 9).
    package static let transition = ASN(23456)

    package var fitsTwoOctets: Bool { value <= 0xFFFF }

    package static func < (left: ASN, right: ASN) -> Bool {
        left.value < right.value
    }

    package var description: String { "\(value)" }
}

extension ASN: Codable {
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(UInt32.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
