// SPDX-License-Identifier: MIT-0
import WireFormat

/// How late probes left, against the absolute schedule in which probe n is due at start + n intervals.
package struct Lateness: Hashable, Sendable, Codable {
    package var maximum: Milliseconds
    /// Nearest rank.
    package var percentile99: Milliseconds

    package init(maximum: Milliseconds, percentile99: Milliseconds) {
        self.maximum = maximum
        self.percentile99 = percentile99
    }

    private enum CodingKeys: String, CodingKey {
        case maximum = "max_ms"
        case percentile99 = "p99_ms"
    }

    /// Computed from the send stamps; nil without a probe.
    ///
    /// The probe that was earliest relative to its own schedule determines where the schedule starts.
    package static func of(_ probes: [Probe], interval: Milliseconds) -> Lateness? {
        let offsets = probes.map { probe in
            let due = interval.times(Int(clamping: probe.sequence))
            return Milliseconds(nanoseconds: probe.sentAt.nanoseconds) - due
        }
        .sorted()
        guard let first = offsets.first, let last = offsets.last, let percentile = nearestRank(0.99, of: offsets) else {
            return nil
        }
        return Lateness(maximum: last - first, percentile99: percentile - first)
    }
}
