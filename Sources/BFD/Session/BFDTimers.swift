// SPDX-License-Identifier: MIT-0
internal import WireFormat

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

    /// Nil unless it is an interval of whole microseconds (a number alone is in milliseconds), an x or ×, and a
    /// multiplier of 1 to 255.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
        guard parts.count == 2, let multiplier = UInt8(parts[1]), multiplier > 0 else { return nil }
        guard let duration = Duration(parts[0], numberIn: .milliseconds) else { return nil }
        let interval = Microseconds(clamping: duration)
        guard interval.duration == duration, Self.intervals.contains(interval) else { return nil }
        self.init(interval: interval, multiplier: multiplier)
    }

    package var description: String { "\(interval) x \(multiplier)" }
}
