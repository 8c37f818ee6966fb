// SPDX-License-Identifier: MIT-0
import WireFormat

/// A source of randomness that gives the same numbers for the same seed (SplitMix64), so that a run can be repeated.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Between three quarters of the duration and all of it (RFC 4271 section 10).
    mutating func jittered(_ duration: Duration) -> Duration {
        let nanoseconds = duration.nanoseconds
        return .nanoseconds(nanoseconds - Int64.random(in: 0...max(0, nanoseconds / 4), using: &self))
    }
}
