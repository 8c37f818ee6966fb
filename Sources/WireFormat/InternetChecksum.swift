// SPDX-License-Identifier: MIT-0

/// The Internet checksum of RFC 1071: the one's complement of the one's complement sum of 16-bit words.
package struct InternetChecksum: Sendable {
    private var sum: UInt64 = 0

    package init() {}

    /// Adds octets.
    ///
    /// Only the last piece added may have an odd length; it is treated as padded with a zero.
    package mutating func add(_ bytes: RawSpan) {
        var offset = 0
        while offset + 1 < bytes.byteCount {
            sum += UInt64(bytes[offset]) << 8 | UInt64(bytes[offset + 1])
            offset += 2
        }
        if offset < bytes.byteCount {
            sum += UInt64(bytes[offset]) << 8
        }
    }

    /// The value for the checksum field.
    ///
    /// Over data that includes a correct checksum it is 0.
    package var value: UInt16 {
        var folded = sum
        while folded > 0xFFFF {
            folded = (folded & 0xFFFF) + (folded >> 16)
        }
        return ~UInt16(folded)
    }

    package static func of(_ bytes: RawSpan) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(bytes)
        return checksum.value
    }
}
