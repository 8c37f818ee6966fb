// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct SummaryTests {
    /// How often the interval of samples with a known median contains it.
    @Test func `the interval holds the median as often as it says`() throws {
        var generator = SeededGenerator(seed: 99)
        var held = 0
        let samples = TestLength.rounds(1_000, long: 4_000)
        for _ in 0..<samples {
            let sample = (0..<20).map { _ in Double.random(in: 0..<1, using: &generator) }
            let interval = try #require(Summary.of(sample)?.medianInterval)
            held += interval.lower <= 0.5 && 0.5 <= interval.upper ? 1 : 0
        }
        // 95.86 % for 20 values, and five standard deviations.
        let share = 0.9586
        let deviation = (share * (1 - share) / Double(samples)).squareRoot()
        #expect(abs(Double(held) / Double(samples) - share) < 5 * deviation)
    }

    @Test func `no values have no summary, nor does a sample with a NaN`() {
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

    @Test func `the 95th percentile's interval comes with the fifty-ninth value`() throws {
        let fifty = try #require(Summary.of((1...58).map(Double.init)))
        #expect(fifty.percentile95Interval == nil)
        #expect(fifty.percentileBoundedByMaximum == 94)
        let sixty = try #require(Summary.of((1...59).map(Double.init)))
        #expect(sixty.percentile95Interval?.upper == 59)
        #expect(sixty.percentileBoundedByMaximum == 95)
    }

    @Test func `great values do not overflow the median or the mean`() throws {
        let greatest = Double.greatestFiniteMagnitude
        let summary = try #require(Summary.of([greatest, greatest]))
        #expect(summary.median == greatest)
        #expect(summary.mean == greatest)
    }
}
