// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct QuantileIntervalTests {
    @Test(arguments: [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21), (100, 40, 61)])
    func `the median's ranks are the textbook's`(count: Int, lower: Int, upper: Int) throws {
        let ranks = try #require(QuantileRanks(of: 0.5, count: count))
        #expect((ranks.lower, ranks.upper) == (lower, upper))
        #expect(ranks.confidence >= 0.95)
    }

    @Test(arguments: 0..<6)
    func `fewer than six values have no interval`(count: Int) {
        #expect(QuantileRanks(of: 0.5, count: count) == nil)
        #expect(Summary.of((0..<count).map(Double.init))?.medianInterval == nil)
    }

    /// Checked against the binomial computed from Pascal's triangle, with integers as far as they go.
    @Test(arguments: 1...60)
    func `the ranks agree with brute force`(count: Int) {
        var row: [UInt64] = [1]
        for _ in 0..<count {
            row = zip([0] + row, row + [0]).map(+)
        }
        let total = UInt64(1) << UInt64(count)
        #expect(row.reduce(0, +) == total)
        // The greatest rank with P(X < rank) <= 1/40: forty times the tail, without a fraction.
        var tail: UInt64 = 0
        var rank = 0
        while rank < count, (tail + row[rank]) * 40 <= total {
            tail += row[rank]
            rank += 1
        }
        let ranks = QuantileRanks(of: 0.5, count: count)
        guard rank > 0 else {
            #expect(ranks == nil)
            return
        }
        #expect(ranks?.lower == rank)
        #expect(ranks?.upper == count + 1 - rank)
        let confidence = 1 - 2 * Double(tail) / Double(total)
        #expect(abs((ranks?.confidence ?? 0) - confidence) < 1e-12)
    }

    @Test(arguments: [1_000, 1_001, 5_000, 100_000])
    func `the ranks of many values follow the normal approximation`(count: Int) throws {
        let ranks = try #require(QuantileRanks(of: 0.5, count: count))
        let approximation = Double(count) / 2 - 1.959964 * Double(count).squareRoot() / 2
        #expect(abs(Double(ranks.lower) - approximation) <= 1.5)
        #expect(ranks.lower + ranks.upper == count + 1)
        #expect((0.95..<0.96).contains(ranks.confidence))
    }

    /// An integer of any length, in digits of 2^32, lowest first: exact binomials of whole percentages.
    private struct Whole {
        var digits: [UInt32]

        init(_ value: UInt32) { digits = [value] }

        mutating func multiply(by factor: UInt32) {
            var carry: UInt64 = 0
            for index in digits.indices {
                carry += UInt64(digits[index]) * UInt64(factor)
                digits[index] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { digits.append(UInt32(carry)) }
        }

        /// Exactly; the remainder must be 0.
        mutating func divide(by divisor: UInt32) {
            var rest: UInt64 = 0
            for index in digits.indices.reversed() {
                rest = rest << 32 | UInt64(digits[index])
                digits[index] = UInt32(rest / UInt64(divisor))
                rest %= UInt64(divisor)
            }
            precondition(rest == 0)
        }

        static func + (left: Whole, right: Whole) -> Whole {
            var sum = Whole(0)
            sum.digits = []
            var carry: UInt64 = 0
            for index in 0..<max(left.digits.count, right.digits.count) {
                carry += UInt64(index < left.digits.count ? left.digits[index] : 0)
                carry += UInt64(index < right.digits.count ? right.digits[index] : 0)
                sum.digits.append(UInt32(truncatingIfNeeded: carry))
                carry >>= 32
            }
            if carry > 0 { sum.digits.append(UInt32(carry)) }
            return sum
        }

        static func <= (left: Whole, right: Whole) -> Bool {
            for index in (0..<max(left.digits.count, right.digits.count)).reversed() {
                let (one, other) =
                    (
                        index < left.digits.count ? left.digits[index] : 0,
                        index < right.digits.count ? right.digits[index] : 0
                    )
                if one != other { return one < other }
            }
            return true
        }
    }

    /// C(n, k) 95^k 5^(n-k) for every k: 100^n times the probability that k of n values lie below the 95th percentile.
    private static func exactTerms(count: Int) -> [Whole] {
        (0...count).map { below in
            var term = Whole(1)
            for index in 0..<below {
                term.multiply(by: UInt32(count - index))
                term.divide(by: UInt32(index + 1))
            }
            for index in 0..<count {
                term.multiply(by: index < below ? 95 : 5)
            }
            return term
        }
    }

    /// The 95th percentile's ranks by their definition: 2.5 % on either side; if the upper side needs more, but at most
    /// 5 %, the lower one gets the rest.
    @Test(arguments: Array(50...75) + [100, 150])
    func `the 95th percentile's ranks agree with the binomial in whole numbers`(count: Int) {
        let terms = Self.exactTerms(count: count)
        /// Whether `part` is at most `perMille` thousandths of `all`.
        func isAtMost(_ part: Whole, perMille: UInt32) -> Bool {
            var (scaled, limit) = (part, Whole(perMille))
            scaled.multiply(by: 1000)
            for _ in 0..<count { limit.multiply(by: 100) }
            return scaled <= limit
        }
        let ranks = QuantileRanks(of: 0.95, count: count)
        guard isAtMost(terms[count], perMille: 50) else {
            #expect(ranks == nil)
            return
        }
        var upper = count
        var above = terms[count]
        while isAtMost(above + terms[upper - 1], perMille: 25) {
            upper -= 1
            above = above + terms[upper]
        }
        let sharesTheError = isAtMost(terms[count], perMille: 25)
        var lower = 1
        var below = terms[0]
        while sharesTheError
            ? isAtMost(below + terms[lower], perMille: 25) : isAtMost(below + terms[lower] + above, perMille: 50)
        {
            below = below + terms[lower]
            lower += 1
        }
        #expect(ranks?.lower == lower)
        #expect(ranks?.upper == upper)
        // The confidence is that of the ranks: the probability of missing is what they state, to a millionth.
        let missed = UInt32(((1 - (ranks?.confidence ?? 0)) * 1e6).rounded())
        var (scaled, limit) = (below + above, Whole(missed + 1))
        scaled.multiply(by: 1_000_000)
        for _ in 0..<count { limit.multiply(by: 100) }
        #expect(scaled <= limit)
        #expect(missed <= 50_000)
    }

    @Test func `the median takes 6 values, the 95th percentile 59 and the 99th 299`() {
        #expect(QuantileRanks.minimumCount(of: 0.5) == 6)
        #expect(QuantileRanks.minimumCount(of: 0.95) == 59)
        #expect(QuantileRanks.minimumCount(of: 0.99) == 299)
        #expect(QuantileRanks(of: 0.95, count: 59)?.upper == 59)
    }

    @Test(arguments: [59, 72, 100, 299])
    func `a low quantile's ranks are the mirror of a high one's`(count: Int) throws {
        let high = try #require(QuantileRanks(of: 0.95, count: count))
        let low = try #require(QuantileRanks(of: 0.05, count: count))
        #expect(low.lower == count + 1 - high.upper)
        #expect(low.upper == count + 1 - high.lower)
        #expect(abs(low.confidence - high.confidence) < 1e-12)
    }

    @Test(arguments: [(0.0, 100), (1.0, 100), (-0.5, 100), (0.5, 0), (0.5, -3)])
    func `an impossible quantile has no ranks`(share: Double, count: Int) {
        #expect(QuantileRanks(of: share, count: count) == nil)
    }

    /// How often the interval of samples with a known 95th percentile contains it.
    @Test(arguments: [59, 72, 120])
    func `the interval holds the 95th percentile as often as it says`(count: Int) throws {
        var generator = SeededGenerator(seed: 7)
        var held = 0
        let rounds = TestLength.rounds(400, long: 4_000)
        for _ in 0..<rounds {
            let sample = (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) }.sorted()
            let interval = try #require(QuantileInterval(of: 0.95, sorted: sample))
            held += interval.lower <= 0.95 && 0.95 <= interval.upper ? 1 : 0
        }
        let ranks = try #require(QuantileRanks(of: 0.95, count: count))
        let deviation = (ranks.confidence * (1 - ranks.confidence) / Double(rounds)).squareRoot()
        #expect(abs(Double(held) / Double(rounds) - ranks.confidence) < 5 * deviation)
    }

    @Test(arguments: [
        (1, 5.0), (20, 86), (28, 89), (29, 90), (58, 94), (59, 95), (298, 98), (299, 99), (2_994, 99), (2_995, 99.9),
    ])
    func `the greatest value bounds the percentile that the textbook says`(count: Int, percentile: Double) {
        #expect(LargestValue.boundedPercentile(count: count) == percentile)
    }

    @Test func `without values nothing is bounded`() {
        #expect(LargestValue.boundedPercentile(count: 0) == nil)
    }
}
