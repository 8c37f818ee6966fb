// SPDX-License-Identifier: MIT-0
package import Measurement
package import WireFormat

/// The settings of a prober.
package struct ProberProgramSettings: Hashable, Sendable, Codable {
    /// Its name under its node's init.
    package static let programName = "prober"

    /// A stream of probes and its destination.
    package struct Destination: Hashable, Sendable, Codable {
        package var stream: ProbeStream
        package var address: IPAddress

        package init(stream: ProbeStream, address: IPAddress) {
            self.stream = stream
            self.address = address
        }
    }

    /// In the order of the schedule's flows; all of one family.
    package var destinations: [Destination]
    package var schedule: ProbeSchedule
    /// The source of the probes; nil lets the kernel choose.
    package var source: IPAddress?
    /// Distinguishes this run's replies from others; in a probe, its low 16 bits are the stream's number.
    package var cookie: UInt64
    /// The ICMP message's length.
    package var messageByteCount: Int
    /// How long to wait for replies after the last probe.
    package var linger: Duration
    /// Whether each record is written at once, for a prober that may be killed at any moment.
    package var recordsAtOnce: Bool

    package init(
        destinations: [Destination], schedule: ProbeSchedule, source: IPAddress? = nil, cookie: UInt64,
        messageByteCount: Int, linger: Duration, recordsAtOnce: Bool = false
    ) {
        self.destinations = destinations
        self.schedule = schedule
        self.source = source
        self.cookie = cookie
        self.messageByteCount = messageByteCount
        self.linger = linger
        self.recordsAtOnce = recordsAtOnce
    }
}
