// SPDX-License-Identifier: MIT-0

/// A random number generator that always gives the same numbers for the same seed (SplitMix64; Steele, Lea and
/// Flood 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// The numbers below `count` in a random order, each order equally likely (Fisher and Yates).
    ///
    /// Written here because the standard library does not promise that its own `shuffle` will never change.
    package mutating func permutation(of count: Int) -> [Int] {
        var numbers = Array(0..<max(count, 0))
        for last in stride(from: numbers.count - 1, to: 0, by: -1) {
            numbers.swapAt(last, Int(below(UInt64(last) + 1)))
        }
        return numbers
    }

    /// A number below `bound`, without the bias of a remainder: a draw that would favour small numbers is repeated.
    private mutating func below(_ bound: UInt64) -> UInt64 {
        let unfair = (0 &- bound) % bound
        while true {
            let draw = next().multipliedFullWidth(by: bound)
            if draw.low >= unfair { return draw.high }
        }
    }
}
