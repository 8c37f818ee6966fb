// SPDX-License-Identifier: MIT-0
import RealModule

/// The normal distribution with mean 0 and standard deviation 1.
enum StandardNormal {
    /// P(Z >= z).
    static func upperTail(_ z: Double) -> Double { Double.erfc(z / 2.0.squareRoot()) / 2 }

    /// What is exceeded with a probability of 2.5 %.
    static let quantile975 = 1.959_963_984_540_054
}
