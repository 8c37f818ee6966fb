// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Prefixes in the form of the NLRI field: a length in bits, then as many octets as it needs (RFC 4271 section 4.3).
package enum NetworkLayerReachability {
    /// Decodes all remaining prefixes.
    ///
    /// Nil if a length is too large for the family or runs past the end (RFC 7606 section 5.3). Bits after the length
    /// have no meaning and are cleared.
    static func decode(_ reader: inout ByteReader, family: AddressFamily) -> [IPPrefix]? {
        var prefixes: [IPPrefix] = []
        prefixes.reserveCapacity(reader.remainingByteCount / 4)
        do throws(TruncatedError) {
            while !reader.isAtEnd {
                let length = Int(try reader.readUInt8())
                guard length <= family.bitWidth else { return nil }
                let octetCount = (length + 7) / 8
                guard octetCount <= reader.remainingByteCount else { return nil }
                var high: UInt64 = 0
                var low: UInt64 = 0
                for index in 0..<octetCount {
                    let octet = UInt64(try reader.readUInt8())
                    if index < 8 {
                        high |= octet << UInt64(56 - 8 * index)
                    } else {
                        low |= octet << UInt64(120 - 8 * index)
                    }
                }
                let address: IPAddress =
                    switch family {
                    case .ipv4: .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: high >> 32)))
                    case .ipv6: .v6(IPv6Address(high: high, low: low))
                    }
                prefixes.append(IPPrefix(masking: address, length: length))
            }
        } catch {
            return nil
        }
        return prefixes
    }

    static func encode(_ prefix: IPPrefix, into writer: inout ByteWriter) {
        writer.write(UInt8(prefix.length))
        let octetCount = (prefix.length + 7) / 8
        switch prefix.address {
        case .v4(let address):
            for index in 0..<octetCount {
                writer.write(UInt8(truncatingIfNeeded: address.bits >> UInt32(24 - 8 * index)))
            }
        case .v6(let address):
            for index in 0..<octetCount {
                let half = index < 8 ? address.high : address.low
                writer.write(UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index % 8))))
            }
        }
    }

    static func encodedOctetCount(_ prefix: IPPrefix) -> Int {
        1 + (prefix.length + 7) / 8
    }

    /// A block that cannot contain a host route: multicast (RFC 4271 section 6.3 names it as the example).
    package static func isMulticast(_ prefix: IPPrefix) -> Bool {
        switch prefix.address {
        case .v4(let address): prefix.length >= 4 && address.bits >> 28 == 0xE
        case .v6(let address): prefix.length >= 8 && address.high >> 56 == 0xFF
        }
    }
}
