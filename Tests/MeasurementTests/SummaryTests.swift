// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

struct SummaryTests {
    @Test(arguments: [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21), (100, 40, 61)])
    func `the median's ranks are the textbook's`(count: Int, lower: Int, upper: Int) throws {
        let ranks = try #require(Summary.medianRanks(count: count))
        #expect((ranks.lower, ranks.upper) == (lower, upper))
        #expect(ranks.confidence >= 0.95)
    }

    @Test(arguments: 0..<6)
    func `fewer than six values have no interval`(count: Int) {
        #expect(Summary.medianRanks(count: count) == nil)
        #expect(Summary.of((0..<count).map(Double.init))?.medianInterval == nil)
    }

    /// Against the binomial added up from Pascal's triangle, in whole numbers as far as those go.
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
        let ranks = Summary.medianRanks(count: count)
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
        let ranks = try #require(Summary.medianRanks(count: count))
        let approximation = Double(count) / 2 - 1.959964 * Double(count).squareRoot() / 2
        #expect(abs(Double(ranks.lower) - approximation) <= 1.5)
        #expect(ranks.lower + ranks.upper == count + 1)
        #expect((0.95..<0.96).contains(ranks.confidence))
    }

    /// How often the interval of samples with a known median holds it.
    @Test func `the interval holds the median as often as it says`() throws {
        var generator = SplitMix(seed: 99)
        var held = 0
        for _ in 0..<4_000 {
            let sample = (0..<20).map { _ in Double.random(in: 0..<1, using: &generator) }
            let interval = try #require(Summary.of(sample)?.medianInterval)
            held += interval.lower <= 0.5 && 0.5 <= interval.upper ? 1 : 0
        }
        // 95.86 % for 20 values; five standard deviations of 4,000 draws are 1.6 %.
        #expect((0.942...0.975).contains(Double(held) / 4_000))
    }

    @Test func `no values have no summary, and a value that is no number spoils it`() {
        #expect(Summary.of([]) == nil)
        #expect(Summary.of([1, .nan]) == nil)
        #expect(Summary.of([1, .infinity, 2]) == nil)
    }

    @Test func `one value is its own minimum, median and maximum`() throws {
        let summary = try #require(Summary.of([3.5]))
        #expect((summary.minimum, summary.median, summary.maximum, summary.mean) == (3.5, 3.5, 3.5, 3.5))
        #expect(summary.percentile95 == nil)
        #expect(summary.standardDeviation == nil)
        #expect(summary.count == 1)
    }

    @Test func `an even count has its median between two values`() throws {
        let summary = try #require(Summary.of([4, 1, 3, 2]))
        #expect(summary.median == 2.5)
        #expect(summary.mean == 2.5)
        #expect(abs((summary.standardDeviation ?? 0) - (5.0 / 3).squareRoot()) < 1e-12)
    }

    @Test func `the 95th percentile comes with the twentieth value`() throws {
        let nineteen = try #require(Summary.of((1...19).map(Double.init)))
        #expect(nineteen.percentile95 == nil)
        let twenty = try #require(Summary.of((1...20).map(Double.init)))
        #expect(twenty.percentile95 == 19)
        #expect(try #require(Summary.of((1...21).map(Double.init))).percentile95 == 20)
        #expect(try #require(Summary.of((1...100).map(Double.init))).percentile95 == 95)
        #expect(twenty.medianInterval?.lower == 6)
        #expect(twenty.medianInterval?.upper == 15)
    }

    @Test func `great values do not overflow the median or the mean`() throws {
        let greatest = Double.greatestFiniteMagnitude
        let summary = try #require(Summary.of([greatest, greatest]))
        #expect(summary.median == greatest)
        #expect(summary.mean == greatest)
    }
}
