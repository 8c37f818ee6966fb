// SPDX-License-Identifier: MIT-0
import RealModule

/// The distribution of the greatest distance between a sample's distribution function and the true, continuous one.
enum KolmogorovDistribution {
    /// Up to so many values the probability is exact.
    static let exactLimit = 1_000

    /// P(D >= distance) for `count` values.
    ///
    /// Exact up to 1,000 values (Durbin's matrix as Marsaglia, Tsang and Wang 2003 arrange it, of whose power only one row is
    /// needed). Beyond, it is the limiting distribution with the first terms of its error (Vrbik 2018). If it is below
    /// 10^-7, its simple upper bound is given (Massart 1990).
    static func upperTail(distance: Double, count: Int) -> Double {
        let n = Double(count)
        guard count > 0, distance > 0.5 / n else { return 1 }
        guard distance < 1 else { return 0 }
        let square = n * distance * distance
        if square > 9 { return 2 * Double.exp(-2 * square) }
        let lower = count <= exactLimit ? exact(distance, count) : limiting(n.squareRoot() * distance, count: n)
        return min(1, max(0, 1 - lower))
    }

    /// P(D < distance): an entry of n! / n^n times the n-th power of the matrix.
    private static func exact(_ distance: Double, _ count: Int) -> Double {
        let n = Double(count)
        let k = Int(n * distance) + 1
        let size = 2 * k - 1
        let rest = Double(k) - n * distance
        var inverseFactorials = [1.0]
        for index in 1...size { inverseFactorials.append(inverseFactorials[index - 1] / Double(index)) }
        // Of the matrix, all is on its diagonals, except for its first column and its last row.
        var edge = [1.0]
        for _ in 0..<size { edge.append(edge[edge.count - 1] * rest) }
        func entry(_ row: Int, _ column: Int) -> Double {
            guard row - column + 1 >= 0 else { return 0 }
            var value = 1.0
            if column == 0 { value -= edge[row + 1] }
            if row == size - 1 { value -= edge[size - column] }
            if row == size - 1, column == 0, 2 * rest > 1 { value += Double.pow(2 * rest - 1, size) }
            return value * inverseFactorials[row - column + 1]
        }
        let matrix = (0..<size).map { row in (0..<size).map { entry(row, $0) } }
        var vector = [Double](repeating: 0, count: size)
        vector[k - 1] = 1
        for step in 1...count {
            let scale = Double(step) / n
            vector = matrix.map { row in
                var sum = 0.0
                for column in 0..<size { sum += row[column] * vector[column] }
                return sum * scale
            }
        }
        return vector[k - 1]
    }

    /// P(sqrt(n) D < z) of very many values, at a z that is corrected for their number.
    private static func limiting(_ z: Double, count n: Double) -> Double {
        let corrected = z + 1 / (6 * n.squareRoot()) + (z - 1) / (4 * n)
        var sum = 0.0
        for term in 1...100 {
            let value = Double.exp(-2 * Double(term * term) * corrected * corrected)
            sum += term.isMultiple(of: 2) ? -value : value
            if value < 1e-17 { break }
        }
        return 1 - 2 * sum
    }
}
