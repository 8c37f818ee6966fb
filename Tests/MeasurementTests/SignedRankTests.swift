// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

/// Paired differences: test, shift and interval.
///
/// The figures are from enumerating all signs, or from SciPy 1.17.
struct SignedRankTests {
    struct Case: Sendable {
        var differences: [Double]
        var sums: (positive: Double, negative: Double)
        var p: Double
        var shift: Double
        /// Lower end, upper end, confidence.
        var interval: (Double, Double, Double)?

        init(
            _ differences: [Double], _ positive: Double, _ negative: Double, p: Double, shift: Double,
            interval: (Double, Double, Double)?
        ) {
            self.differences = differences
            sums = (positive, negative)
            self.p = p
            self.shift = shift
            self.interval = interval
        }
    }

    /// All 2^n signs enumerated, with the ranks of ties shared and those of zeros kept (Pratt).
    private static let enumerated = [
        Case([1, 2, 3, 4, 5], 15, 0, p: 0.0625, shift: 3, interval: nil),
        Case([1, 2, 3, 4, 5, 6], 21, 0, p: 0.03125, shift: 3.5, interval: (1, 6, 0.96875)),
        Case([1, -2, 3, -4, 5, 6, 7, -1], 26.5, 9.5, p: 0.265625, shift: 2, interval: (-2, 6, 0.9609375)),
        Case([0, 0, 1, 1, -1, 2, 2, 3], 29, 4, p: 0.125, shift: 1, interval: (0, 2, 0.9609375)),
        Case([0, 0, 0, 0, 0], 0, 0, p: 1, shift: 0, interval: nil),
        Case([5, 5, 5, 5, 5, -5, 5, 0, 5, 5], 48, 6, p: 0.0390625, shift: 5, interval: (0, 5, 0.951171875)),
        Case(
            [-1.5, -0.5, 2, 0, -3, -3, -3, 4, -7, -0.5, 1, -9], 20, 57, p: 0.1552734375, shift: -1.5,
            interval: (-4.25, 0.5, 0.95751953125)),
        Case(
            [5, 0, 1, 6, 4, -4, 3, -1, 6, -4, -2, -3, 1, 3, -1, 2], 88.5, 46.5, p: 0.29388427734375, shift: 1,
            interval: (-1, 3, 0.9556884765625)),
    ]

    /// Without ties and zeros: SciPy's exact method.
    private static let thirty: [Double] = [
        746, 1222, 730, -903, 1305, 846, -137, 981, 765, 694, 428, 947, -336, 237, -82, 999, 440, 108, -382, 143, 408,
        124, 1694, 1407, -2311, -1489, 225, -22, 614, 617,
    ]
    private static let fifty: [Double] = [
        2318, -912, -178, 2243, 847, 863, -314, -1448, 367, 309, -1027, -483, 128, -745, 102, 295, 236, -306, 794,
        1091, 521, -618, 932, -301, 1079, -872, 1114, 180, -1049, -114, 254, 473, -782, -907, 400, -267, 436, 960,
        -1449, 454, 1425, -98, -611, 952, 453, 1096, -145, -1282, 90, -246,
    ]
    /// With ties and zeros: SciPy's normal approximation, with its correction and Pratt's zeros.
    private static let eighty: [Double] = [
        5, 2, -7, -5, 6, 5, -2, 1, 3, 4, 6, 3, 1, 0, 7, -10, 1, 1, -6, 3, -2, 6, 1, 5, 7, 3, -3, -6, 10, 1, -2, 2, 0,
        6, 1, 1, -2, 4, -4, 5, 9, -6, -11, 4, 14, -4, -5, 4, -3, -1, 0, 4, -1, 3, 0, -3, 0, -4, 1, -4, -4, 9, 1, 1, 4,
        -1, 0, 3, 3, -5, 5, -2, -4, -3, -1, 9, -5, 2, -9, 1,
    ]

    @Test(arguments: enumerated.indices)
    func `p is the share of signs with a sum as far out, whatever the ties and zeros`(index: Int) {
        let sample = Self.enumerated[index]
        let test = SignedRankTest(sample.differences)
        #expect(test.positiveRankSum == sample.sums.positive)
        #expect(test.negativeRankSum == sample.sums.negative)
        #expect(abs(test.p - sample.p) < 1e-12)
        #expect(SignedRankTest(sample.differences.map { -$0 }).p == test.p)
    }

    @Test(arguments: enumerated.indices)
    func `the shift is the median of the Walsh averages, and its interval lies between two of them`(index: Int) throws {
        let sample = Self.enumerated[index]
        let shift = try #require(HodgesLehmannShift(sample.differences))
        #expect(shift.estimate == sample.shift)
        #expect(shift.interval?.lower == sample.interval?.0)
        #expect(shift.interval?.upper == sample.interval?.1)
        if let confidence = sample.interval?.2 { #expect(abs((shift.interval?.confidence ?? 0) - confidence) < 1e-12) }
    }

    @Test func `larger samples agree with other software`() throws {
        #expect(abs(SignedRankTest(Self.thirty).p - 0.008142979815602303) < 1e-12)
        #expect(abs(SignedRankTest(Self.fifty).p - 0.3622430237473182) < 1e-12)
        #expect(abs(SignedRankTest(Self.eighty).p - 0.21572650723702513) < 1e-12)
        let thirty = try #require(HodgesLehmannShift(Self.thirty))
        #expect((thirty.estimate, thirty.interval?.lower, thirty.interval?.upper) == (427, 139, 682.5))
        let fifty = try #require(HodgesLehmannShift(Self.fifty))
        #expect((fifty.estimate, fifty.interval?.lower, fifty.interval?.upper) == (101, -151.5, 363.5))
        let eighty = try #require(HodgesLehmannShift(Self.eighty))
        #expect((eighty.estimate, eighty.interval?.lower, eighty.interval?.upper) == (0.5, -0.5, 2))
    }

    @Test func `the shift of many differences takes no list of all pairs`() throws {
        let shift = try #require(HodgesLehmannShift((1...10_000).map(Double.init)))
        #expect(shift.estimate == 5000.5)
        #expect(try #require(shift.interval).lower < 5000.5)
    }

    @Test func `nothing has neither shift nor evidence`() {
        #expect(HodgesLehmannShift([]) == nil)
        #expect(SignedRankTest([]).p == 1)
        #expect(HodgesLehmannShift([-3])?.estimate == -3)
    }

    @Test func `Holm's adjustment multiplies the smallest by their number, and keeps the order`() {
        let adjusted = HolmAdjustment.adjusted([0.01, 0.04, 0.03, 0.005, 0.9])
        let expected = [0.04, 0.09, 0.09, 0.025, 0.9]
        #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(HolmAdjustment.adjusted([0.6, 0.7]) == [1, 1])
        #expect(HolmAdjustment.adjusted([]).isEmpty)
    }
}
