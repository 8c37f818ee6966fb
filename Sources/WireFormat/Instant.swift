// SPDX-License-Identifier: MIT-0

/// A point on CLOCK_MONOTONIC, in nanoseconds.
///
/// All network namespaces share that clock, so instants from different processes on one machine can be compared.
/// Tests start at 0.
package struct Instant: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static let zero = Instant(nanoseconds: 0)

    package init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    package static func - (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    package var description: String {
        "\(Double(nanoseconds) / 1e9) s"
    }
}

extension Duration {
    /// The whole duration in nanoseconds; fractions of a nanosecond are dropped.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// The duration in milliseconds, for display and for JSON.
    package var milliseconds: Double {
        Double(nanoseconds) / 1e6
    }
}
