// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct QuantileBoundsTests {
    /// From SciPy's binomial distribution: quantile, count, confidence, lower rank, upper rank.
    private static let ranks: [(Double, Int, Double, Int?, Int?)] = [
        (0.95, 1, 0.95, 1, nil), (0.95, 20, 0.95, 17, nil), (0.95, 58, 0.95, 52, nil), (0.95, 59, 0.95, 53, 59),
        (0.95, 92, 0.95, 84, 92), (0.95, 93, 0.95, 85, 92), (0.95, 124, 0.95, 114, 122), (0.95, 89, 0.99, 79, nil),
        (0.95, 90, 0.99, 80, 90), (0.95, 1000, 0.99, 933, 966), (0.5, 4, 0.95, nil, nil), (0.5, 5, 0.95, 1, 5),
        (0.5, 8, 0.95, 2, 7), (0.5, 20, 0.9, 7, 14), (0.5, 101, 0.99, 39, 63), (0.5, 2, 0.75, 1, 2),
    ]

    @Test(arguments: ranks.indices)
    func `a bound is the outermost value that the binomial needs`(index: Int) {
        let (share, count, confidence, lower, upper) = Self.ranks[index]
        let bounds = QuantileBounds(of: share, count: count, confidence: confidence)
        #expect((bounds.lower, bounds.upper) == (lower, upper))
    }

    @Test(arguments: [
        (0.95, 0.95, 0, 59), (0.95, 0.95, 1, 93), (0.95, 0.95, 2, 124), (0.95, 0.95, 10, 336), (0.95, 0.99, 0, 90),
        (0.95, 0.9, 0, 45), (0.5, 0.95, 0, 5), (0.5, 0.95, 3, 13),
    ])
    func `how many values are needed depends on how many are above`(
        share: Double, confidence: Double, above: Int, count: Int
    ) {
        #expect(QuantileBounds.minimumCount(of: share, confidence: confidence, above: above) == count)
    }

    @Test(arguments: [(0.0, 10, 0.95), (1.0, 10, 0.95), (0.5, 0, 0.95), (0.5, 10, 0.0), (0.5, 10, 1.0)])
    func `what is no quantile has no bounds`(share: Double, count: Int, confidence: Double) {
        let bounds = QuantileBounds(of: share, count: count, confidence: confidence)
        #expect(bounds.lower == nil && bounds.upper == nil)
    }

    /// How often the bounds of samples with a known quantile are on its wrong side.
    @Test(arguments: [(0.95, 59, 0.95), (0.95, 93, 0.95), (0.5, 20, 0.9), (0.95, 200, 0.95)])
    func `a bound is wrong no more often than it may be`(share: Double, count: Int, confidence: Double) throws {
        var random = SeededGenerator(seed: 5)
        let samples = TestLength.rounds(250, long: 4_000)
        let bounds = QuantileBounds(of: share, count: count, confidence: confidence)
        let upper = try #require(bounds.upper)
        let lower = try #require(bounds.lower)
        var wrong = (below: 0, above: 0)
        for _ in 0..<samples {
            let sample = (0..<count).map { _ in Double.random(in: 0..<1, using: &random) }.sorted()
            wrong.below += sample[upper - 1] < share ? 1 : 0
            wrong.above += sample[lower - 1] > share ? 1 : 0
        }
        let error = 1 - confidence
        let allowed = Double(samples) * (error + 3 * (error * confidence / Double(samples)).squareRoot())
        #expect(Double(wrong.below) <= allowed)
        #expect(Double(wrong.above) <= allowed)
    }
}
