// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A length of time in a result: counted in nanoseconds, written in milliseconds.
///
/// In all JSON results, a key that ends in `_ms` holds milliseconds with a fraction (this type), and a key that ends in
/// `_ns` holds an `Instant`, whole nanoseconds of CLOCK_MONOTONIC. Arithmetic on this type saturates at the ends of its
/// range (292 years) instead of trapping, because the numbers come from pipes and files.
package struct Milliseconds: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Rounds to a nanosecond and clamps to the range.
    package init(_ milliseconds: Double) {
        let value = (milliseconds * 1e6).rounded()
        if value.isNaN {
            nanoseconds = 0
        } else if value >= 0x1p63 {
            nanoseconds = .max
        } else if value < -0x1p63 {
            nanoseconds = .min
        } else {
            nanoseconds = Int64(value)
        }
    }

    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflowed else {
            nanoseconds = seconds < 0 ? .min : .max
            return
        }
        nanoseconds = whole.addingOrLimit(attoseconds / 1_000_000_000)
    }

    /// The time from one instant to another; negative if `end` is earlier.
    package init(from start: Instant, to end: Instant) {
        nanoseconds = end.nanoseconds.subtractingOrLimit(start.nanoseconds)
    }

    package static let zero = Milliseconds(nanoseconds: 0)

    package var value: Double { Double(nanoseconds) / 1e6 }
    package var duration: Duration { .nanoseconds(nanoseconds) }

    package static func < (left: Milliseconds, right: Milliseconds) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(nanoseconds: left.nanoseconds.addingOrLimit(right.nanoseconds))
    }

    package static func - (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(nanoseconds: left.nanoseconds.subtractingOrLimit(right.nanoseconds))
    }

    /// `count` times this, clamped to the range.
    package func times(_ count: Int) -> Milliseconds {
        let (product, overflowed) = nanoseconds.multipliedReportingOverflow(by: Int64(count))
        guard overflowed else { return Milliseconds(nanoseconds: product) }
        return Milliseconds(nanoseconds: (nanoseconds < 0) == (count < 0) ? .max : .min)
    }

    /// The midpoint between this and `other`.
    package func middle(to other: Milliseconds) -> Milliseconds {
        let halves = nanoseconds / 2 + other.nanoseconds / 2
        return Milliseconds(nanoseconds: halves + (nanoseconds % 2 + other.nanoseconds % 2) / 2)
    }
}

extension Milliseconds: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Double.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

extension Instant {
    /// The instant later by `length`, or the end of the clock's range.
    func advanced(by length: Milliseconds) -> Instant {
        Instant(nanoseconds: nanoseconds.addingOrLimit(length.nanoseconds))
    }
}

extension Int64 {
    fileprivate func addingOrLimit(_ other: Int64) -> Int64 {
        let (sum, overflowed) = addingReportingOverflow(other)
        return overflowed ? (other < 0 ? .min : .max) : sum
    }

    fileprivate func subtractingOrLimit(_ other: Int64) -> Int64 {
        let (difference, overflowed) = subtractingReportingOverflow(other)
        return overflowed ? (other < 0 ? .max : .min) : difference
    }
}

extension Milliseconds {
    /// For sentences: "900 ms", "0.5 ms", "90 s".
    package var text: String {
        let second: Int64 = 1_000_000_000
        if nanoseconds != 0, nanoseconds % second == 0 {
            return "\(nanoseconds / second) s"
        }
        return nanoseconds % 1_000_000 == 0 ? "\(nanoseconds / 1_000_000) ms" : "\(value) ms"
    }

    /// For sentences, rounded to `unit`.
    package func text(roundedTo unit: Milliseconds) -> String {
        let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
        let units = rest.magnitude * 2 >= unit.nanoseconds.magnitude ? quotient + rest.signum() : quotient
        return unit.times(Int(units)).text
    }

    /// For sentences, to a microsecond.
    package var fineText: String { text(roundedTo: Milliseconds(nanoseconds: 1_000)) }
}
