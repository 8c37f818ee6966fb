// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct KolmogorovSmirnovTests {
    /// Distance, count, probability of a distance at least as great: SciPy's exact `kstwo.sf`.
    private static let exact: [(Double, Int, Double)] = [
        (0.975, 1, 0.05), (0.7, 1, 0.6), (0.2, 3, 0.9982222222222222), (0.66853, 5, 0.010000196616453544),
        (0.274, 10, 0.3715203845434957), (0.40925, 10, 0.04999645233425898), (0.29408, 20, 0.04999416027203962),
        (0.05, 94, 0.9635662633693405), (0.1, 100, 0.2526927570063874), (0.16, 100, 0.010543506724452142),
        (0.05, 500, 0.15866260223815387), (0.0728, 500, 0.009474101377720135), (0.03, 1000, 0.3226902143914636),
        (0.0515, 1000, 0.009583989157047923), (0.02, 2000, 0.3953133626892045), (0.04, 2000, 0.0032305680961256145),
        (0.012, 10000, 0.11135257403749388),
    ]

    /// Values with this distance from the even distribution over 0...1: all are that much too small.
    private func sample(distance: Double, count: Int) -> [Double] {
        (0..<count).map { max(0, (Double($0) + 1) / Double(count) - distance) }
    }

    @Test(arguments: exact.indices)
    func `p is the exact one`(index: Int) throws {
        let (distance, count, p) = Self.exact[index]
        let test = try #require(KolmogorovSmirnovTest(sorted: sample(distance: distance, count: count)) { $0 })
        #expect(abs(test.distance - distance) < 1e-12)
        // SciPy's own is exact to 7 digits for hundreds of values.
        let allowed = count <= 1_000 ? p / 1_000_000 : 1e-4
        #expect(abs(test.p - p) < allowed, "\(test.p) for \(p)")
    }

    /// Miller's table of 1956.
    @Test(arguments: [
        (5, 0.56328, 0.05), (5, 0.66853, 0.01), (10, 0.40925, 0.05), (10, 0.48893, 0.01), (20, 0.29408, 0.05),
        (20, 0.35241, 0.01), (50, 0.18845, 0.05), (100, 0.13403, 0.05), (100, 0.16081, 0.01),
    ])
    func `the tables' critical distances have their probabilities`(count: Int, distance: Double, p: Double) throws {
        let test = try #require(KolmogorovSmirnovTest(sorted: sample(distance: distance, count: count)) { $0 })
        #expect(abs(test.p - p) < p / 500)
    }

    @Test func `a distance that must be is certain, and one that cannot be has no probability`() throws {
        #expect(KolmogorovSmirnovTest(sorted: []) { $0 } == nil)
        let middle = try #require(KolmogorovSmirnovTest(sorted: [0.5]) { $0 })
        #expect((middle.distance, middle.p) == (0.5, 1))
        let far = try #require(KolmogorovSmirnovTest(sorted: [5, 6, 7]) { min($0, 1) })
        #expect((far.distance, far.p) == (1, 0))
        let many = try #require(KolmogorovSmirnovTest(sorted: sample(distance: 0.4, count: 5_000)) { $0 })
        #expect(many.p < 1e-100)
    }

    @Test func `p is spread evenly if the sample is from the distribution`() throws {
        var random = SeededGenerator(seed: 3)
        let samples = TestLength.rounds(100, long: 2_000)
        let values = try (0..<samples).map { _ in
            let sample = (0..<40).map { _ in Double.random(in: 0..<1, using: &random) }.sorted()
            return try #require(KolmogorovSmirnovTest(sorted: sample) { $0 }).p
        }
        #expect(try #require(KolmogorovSmirnovTest(sorted: values.sorted()) { $0 }).p > 0.01)
    }
}
