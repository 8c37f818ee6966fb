// SPDX-License-Identifier: MIT-0

/// A network interface name that the kernel accepts.
///
/// One to 15 printable ASCII characters, without `/`, `:` and `%` (`%d` would make the kernel number it), and not `.`
/// or `..`. Encoded in JSON as its text.
package struct InterfaceName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest name in characters: IFNAMSIZ without the final zero.
    package static let maximumLength = 15

    package let text: String

    /// The name; nil for text that the kernel would refuse or change.
    package init?(_ text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text != ".", text != "..",
            text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = String(text)
    }

    /// A name written as a literal in the program.
    package init(literal: StaticString) {
        guard let name = InterfaceName(literal.description) else {
            preconditionFailure("not an interface name: \(literal)")
        }
        self = name
    }

    /// The text itself if it is a valid name; otherwise its readable beginning, `-` and a hash of the whole text.
    ///
    /// The same text gives the same name on every machine and in every version.
    package init(shortening text: String) {
        if let name = InterfaceName(text) {
            self = name
            return
        }
        let tail = Self.tail(of: text)
        let readable = text.utf8.prefix(Self.maximumLength - 1 - tail.utf8.count).map { octet in
            Self.isAllowed(octet) ? Character(Unicode.Scalar(octet)) : "_"
        }
        self.text = String(readable) + "-" + tail
    }

    package static func < (left: InterfaceName, right: InterfaceName) -> Bool {
        left.text < right.text
    }

    package var description: String { text }

    private static func isAllowed(_ octet: UInt8) -> Bool {
        (0x21...0x7E).contains(octet) && octet != UInt8(ascii: "/") && octet != UInt8(ascii: ":")
            && octet != UInt8(ascii: "%")
    }

    /// Six base-32 characters of FNV-1a (64 bits): Swift's own hashes differ between processes.
    private static func tail(of text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for octet in text.utf8 {
            hash = (hash ^ UInt64(octet)) &* 0x0000_0100_0000_01B3
        }
        let folded = hash ^ hash >> 30 ^ hash >> 60
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        return String((0..<6).map { digits[Int(folded >> UInt64(5 * $0) & 31)] })
    }
}

extension InterfaceName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = InterfaceName(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not an interface name"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
