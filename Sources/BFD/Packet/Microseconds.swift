// SPDX-License-Identifier: MIT-0

/// An interval as in control packets: whole microseconds in 32 bits.
package struct Microseconds: Hashable, Comparable, Sendable {
    package var value: UInt32

    package init(_ value: UInt32) {
        self.value = value
    }

    /// Rounds a duration down to whole microseconds and clamps it to the range.
    package init(clamping duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflows else {
            value = seconds < 0 ? 0 : .max
            return
        }
        let (sum, sumOverflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        value = sumOverflows ? (whole < 0 ? 0 : .max) : UInt32(clamping: sum)
    }

    package static func milliseconds(_ count: UInt32) -> Microseconds {
        let (value, overflows) = count.multipliedReportingOverflow(by: 1000)
        return Microseconds(overflows ? .max : value)
    }

    package static let zero = Microseconds(0)
    /// The smallest Desired Min TX Interval of a session that is not Up (RFC 5880 section 6.8.3).
    package static let oneSecond = Microseconds(1_000_000)

    package var nanoseconds: Int64 { Int64(value) * 1000 }

    package var duration: Duration { .microseconds(Int64(value)) }

    package static func < (left: Microseconds, right: Microseconds) -> Bool {
        left.value < right.value
    }
}

extension Microseconds: CustomStringConvertible {
    package var description: String {
        value.isMultiple(of: 1000) ? "\(value / 1000) ms" : "\(value) us"
    }
}

extension Microseconds: Codable {
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(UInt32.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
