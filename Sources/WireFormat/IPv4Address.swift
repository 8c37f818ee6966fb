// SPDX-License-Identifier: MIT-0

/// An IPv4 address.
package struct IPv4Address: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The address as a number, first octet most significant.
    package var bits: UInt32

    package init(bits: UInt32) {
        self.bits = bits
    }

    package static let any = IPv4Address(bits: 0)

    /// Parses dotted decimal, four numbers without leading zeros; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var (bits, octet) = (UInt32(0), UInt32(0))
        var (octetCount, digitCount) = (0, 0)
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "."):
                guard digitCount > 0, octetCount < 3 else { return nil }
                bits = bits << 8 | octet
                octetCount += 1
                (octet, digitCount) = (0, 0)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digitCount == 0 || octet > 0 else { return nil }
                octet = octet * 10 + UInt32(unit - UInt8(ascii: "0"))
                guard octet <= 255 else { return nil }
                digitCount += 1
            default: return nil
            }
        }
        guard octetCount == 3, digitCount > 0 else { return nil }
        self.bits = bits << 8 | octet
    }

    package static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.bits < right.bits
    }

    package var description: String {
        "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }
}

/// Parses a decimal number, digits only, without a leading zero, at most `limit`; nil for anything else.
func decimalNumber(_ text: some StringProtocol, upTo limit: Int) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 3, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    guard text.utf8.count == 1 || text.utf8.first != 48 else { return nil }
    guard let value = Int(text), value <= limit else { return nil }
    return value
}

extension IPv4Address: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = IPv4Address(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not an IPv4 address"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
