// SPDX-License-Identifier: MIT-0

/// Base64 of RFC 4648 section 4.
package enum Base64 {
    /// Decodes `text`; nil if it is not Base64 of UTF-8.
    ///
    /// Blanks and line ends are skipped.
    package static func decode(_ text: String) -> String? {
        var octets: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for octet in text.utf8 {
            let digit: UInt8
            switch octet {
            case 0x41...0x5a: digit = octet - 0x41
            case 0x61...0x7a: digit = octet - 0x61 + 26
            case 0x30...0x39: digit = octet - 0x30 + 52
            case 0x2b: digit = 62
            case 0x2f: digit = 63
            case 0x3d:
                padding += 1
                continue
            case 0x09, 0x0a, 0x0d, 0x20: continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 1
            if count % 4 == 0 {
                for shift in [UInt32(16), 8, 0] { octets.append(UInt8(truncatingIfNeeded: bits >> shift)) }
                bits = 0
            }
        }
        guard padding <= 2, (count + padding) % 4 == 0 else { return nil }
        switch count % 4 {
        case 2: octets.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            octets.append(UInt8(truncatingIfNeeded: bits >> 10))
            octets.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: break
        }
        return String(validating: octets, as: UTF8.self)
    }

    /// Encodes the UTF-8 of `text` as Base64, on one line.
    package static func encode(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let octets = Array(text.utf8)
        var result = ""
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                result.append(index <= group.count ? digits[Int(bits >> UInt32(18 - 6 * index) & 63)] : "=")
            }
        }
        return result
    }
}
