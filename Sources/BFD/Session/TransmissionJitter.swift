// SPDX-License-Identifier: MIT-0
import WireFormat

/// How much each interval between packets falls short of the negotiated one; the same for the same seed.
struct TransmissionJitter: Sendable {
    /// A fraction in units of 1/2^20.
    private static let fractionBits: Int64 = 20

    private var random: SeededGenerator
    /// Of the permitted reduction, 0 to 2^20.
    private var fraction: Int64 = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        draw()
    }

    /// Draws a new value, once per packet (RFC 5880 section 6.8.7: "on a per-packet basis").
    mutating func draw() {
        fraction = Int64(random.next() >> 44)
    }

    /// A random 32-bit number, for the first sequence number (RFC 5880 section 6.8.1).
    mutating func randomSequenceNumber() -> UInt32 {
        UInt32(truncatingIfNeeded: random.next() >> 32)
    }

    /// The interval less 0 to 25 %, or less 10 to 25 % with a Detect Mult of 1 (RFC 5880 section 6.8.7).
    func applied(to interval: Microseconds, detectMult: UInt8) -> Int64 {
        let nanoseconds = interval.nanoseconds
        let most = nanoseconds / 4
        let least = detectMult == 1 ? nanoseconds / 10 : 0
        return nanoseconds - least - ((most - least) * fraction) >> Self.fractionBits
    }
}
