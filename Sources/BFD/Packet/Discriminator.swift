// SPDX-License-Identifier: MIT-0

/// One system's number for a session, in every packet of that session (RFC 5880 section 6.3); never zero.
package struct Discriminator: Hashable, Sendable, CustomStringConvertible {
    package let value: UInt32

    /// Nil for zero, which on the wire means "not known".
    package init?(_ value: UInt32) {
        guard value != 0 else { return nil }
        self.value = value
    }

    package static func random(using generator: inout some RandomNumberGenerator) -> Discriminator {
        Discriminator(nonZero: UInt32.random(in: 1...UInt32.max, using: &generator))
    }

    /// The next value; after the last comes 1.
    package var next: Discriminator {
        Discriminator(nonZero: value == .max ? 1 : value + 1)
    }

    private init(nonZero value: UInt32) {
        self.value = value
    }

    /// Eight hexadecimal digits, as other daemons' tools print it.
    package var description: String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
