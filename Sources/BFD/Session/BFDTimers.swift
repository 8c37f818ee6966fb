// SPDX-License-Identifier: MIT-0

/// An interval and a multiplier, written as 300msx3 or 300x3.
package struct BFDTimers: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The range of intervals for a session, at either end.
    package static let intervals = BFDSessionConfiguration.minimumInterval...Microseconds.milliseconds(60_000)

    /// Desired Min TX Interval and Required Min RX Interval.
    package var interval: Microseconds
    /// Detect Mult.
    package var multiplier: UInt8

    package init(interval: Microseconds, multiplier: UInt8) {
        self.interval = interval
        self.multiplier = multiplier
    }

    /// Nil unless it is an interval (milliseconds, or a number followed by us, ms or s), an x or ×, and a multiplier of
    /// 1 to 255.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
        guard parts.count == 2, let multiplier = UInt8(parts[1]), multiplier > 0 else { return nil }
        let digits = parts[0].prefix { $0.isWholeNumber }
        guard let count = UInt64(digits), count <= 60_000_000 else { return nil }
        let scale: UInt64
        switch parts[0].dropFirst(digits.count) {
        case "", "ms": scale = 1000
        case "us", "µs": scale = 1
        case "s": scale = 1_000_000
        default: return nil
        }
        let (value, overflows) = count.multipliedReportingOverflow(by: scale)
        guard !overflows, let value = UInt32(exactly: value), Self.intervals.contains(Microseconds(value)) else {
            return nil
        }
        self.init(interval: Microseconds(value), multiplier: multiplier)
    }

    package var description: String { "\(interval) x \(multiplier)" }
}
