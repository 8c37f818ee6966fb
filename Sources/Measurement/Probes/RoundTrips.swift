// SPDX-License-Identifier: MIT-0
import Histogram
import WireFormat

/// Round trips of a trial's probes, separately for before, during and after the event and for the fail-back.
///
/// A probe belongs to the period in which it was sent: before the event; from there until connectivity was back; from
/// there until the restore, which includes the sustained validation; and after the restore. Only probes that were
/// answered in time have a round trip.
package struct RoundTrips: Hashable, Sendable, Codable {
    /// Nil if no probe was answered.
    package var before: Distribution?
    package var during: Distribution?
    package var after: Distribution?
    package var failBack: Distribution?

    private enum CodingKeys: String, CodingKey {
        case before, during, after
        case failBack = "fail_back"
    }

    /// `recovered` is when connectivity was back, nil if never; `restore` is when the fail-back began.
    init(probes: [Probe], event: Instant, recovered: Instant?, restore: Instant?) {
        let end = restore ?? Instant(nanoseconds: .max)
        let recovered = min(max(recovered ?? end, event), end)
        before = Distribution(probes.filter { $0.sentAt < event })
        during = Distribution(probes.filter { $0.sentAt >= event && $0.sentAt < recovered })
        after = Distribution(probes.filter { $0.sentAt >= recovered && $0.sentAt < end })
        failBack = Distribution(probes.filter { $0.sentAt >= end })
    }

    /// Round trips in microseconds, with a fraction.
    ///
    /// The percentiles are HdrHistogram's of nanoseconds with three significant digits, so each is at most 0.1 % above
    /// the nearest rank; minimum and maximum are exact. A percentile that would equal the maximum because there are too
    /// few values is nil.
    package struct Distribution: Hashable, Sendable, Codable {
        package var count: Int
        /// How many had a kernel transmit stamp; the others count from the prober's own stamp just before its call.
        package var kernelStampedCount: Int
        package var minimum: Double
        package var percentile50: Double
        package var percentile90: Double?
        package var percentile99: Double?
        package var percentile999: Double?
        package var maximum: Double

        private enum CodingKeys: String, CodingKey {
            case count
            case kernelStampedCount = "kernel_stamped"
            case minimum = "min_us"
            case percentile50 = "p50_us"
            case percentile90 = "p90_us"
            case percentile99 = "p99_us"
            case percentile999 = "p99_9_us"
            case maximum = "max_us"
        }

        /// Nil if none of the probes was answered in time.
        package init?(_ probes: [Probe]) {
            var roundTrips: [Int64] = []
            var kernelStampedCount = 0
            for probe in probes {
                guard let roundTrip = probe.roundTrip else { continue }
                // The clocks are converted stamp by stamp, so a step of one can make a round trip negative.
                roundTrips.append(max(roundTrip.nanoseconds, 0))
                if probe.hasKernelSendStamp { kernelStampedCount += 1 }
            }
            guard let least = roundTrips.min(), let greatest = roundTrips.max() else { return nil }
            // As large as it has to be from the start: a histogram that grows is copied each time.
            var histogram = Histogram<UInt64>(
                highestTrackableValue: max(UInt64(greatest), 2), numberOfSignificantValueDigits: .three)
            for roundTrip in roundTrips { histogram.record(UInt64(roundTrip)) }
            func percentile(_ percentile: Double, from enough: UInt64) -> Double? {
                guard histogram.totalCount >= enough else { return nil }
                let nanoseconds = Int64(clamping: histogram.valueAtPercentile(percentile))
                return Double(min(max(nanoseconds, least), greatest)) / 1000
            }
            count = Int(histogram.totalCount)
            self.kernelStampedCount = kernelStampedCount
            minimum = Double(least) / 1000
            maximum = Double(greatest) / 1000
            percentile50 = percentile(50, from: 1) ?? minimum
            percentile90 = percentile(90, from: 10)
            percentile99 = percentile(99, from: 100)
            percentile999 = percentile(99.9, from: 1000)
        }
    }
}
