// SPDX-License-Identifier: MIT-0

/// Random changes to a text, the same for the same seed (xorshift64*).
package struct Mutation: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed | 1
    }

    package mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// The text with one to five octets or ranges replaced, removed, duplicated or moved.
    package mutating func mutate(_ original: [UInt8]) -> String {
        var octets = original
        for _ in 0..<Int.random(in: 1...5, using: &self) where !octets.isEmpty {
            let start = Int.random(in: octets.indices, using: &self)
            let end = min(octets.count, start + Int.random(in: 1...40, using: &self))
            switch Int.random(in: 0..<6, using: &self) {
            case 0: octets[start] = UInt8.random(in: 0...255, using: &self)
            case 1: octets.removeSubrange(start..<end)
            case 2: octets.insert(contentsOf: octets[start..<end], at: start)
            case 3:
                let piece = Array(octets[start..<end])
                octets.insert(contentsOf: piece, at: Int.random(in: 0...octets.count, using: &self))
            case 4:
                let marks = Array("{}[]\"'`$|&<>!:#-,\\\n\t ".utf8)
                octets.insert(marks[Int.random(in: marks.indices, using: &self)], at: start)
            default:
                octets.removeSubrange(start...)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
