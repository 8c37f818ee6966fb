// SPDX-License-Identifier: MIT-0

/// Base64 of RFC 4648 section 4.
enum Base64 {
    /// The text that was encoded; nil for anything that is not Base64 of UTF-8.
    ///
    /// Blanks and line ends are skipped.
    static func decode(_ text: String) -> String? {
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
}
