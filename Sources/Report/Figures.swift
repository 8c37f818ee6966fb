// SPDX-License-Identifier: MIT-0
import Measurement

extension Milliseconds {
    /// Only the number, with this many decimals (0...6), rounded half away from zero.
    func fixed(_ decimals: Int) -> String {
        let decimals = min(max(decimals, 0), 6)
        var step: UInt64 = 1
        for _ in decimals..<6 {
            step *= 10
        }
        let rounded = (nanoseconds.magnitude + step / 2) / step
        var scale: UInt64 = 1
        for _ in 0..<decimals {
            scale *= 10
        }
        let sign = nanoseconds < 0 && rounded > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(rounded)" }
        let fraction = "\(rounded % scale)"
        return "\(sign)\(rounded / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    /// With "ms", and only the necessary decimals, at most three.
    var short: String {
        var text = fixed(3)
        while text.hasSuffix("0") {
            text.removeLast()
        }
        if text.hasSuffix(".") {
            text.removeLast()
        }
        return "\(text) ms"
    }
}

/// A figure with one decimal; a dash for none.
func fixed(_ value: Double?) -> String {
    value.map { Milliseconds($0).fixed(1) } ?? "-"
}
