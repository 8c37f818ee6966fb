// SPDX-License-Identifier: MIT-0
import WireFormat

/// When the next KEEPALIVE of a connection is due (KeepaliveTimer of RFC 4271 section 10), and when the last one was sent.
struct KeepaliveTimer: Sendable {
    private let intervalSeconds: UInt16
    private(set) var lastSent: Instant
    /// Nil with a hold time of 0.
    private(set) var deadline: Instant?

    /// Whether the timer has not expired yet: the first interval sets the phase.
    private var isFirst = true

    /// The timer of a connection whose first KEEPALIVE is sent at `now`.
    init(_ negotiated: Negotiated, sentAt now: Instant, random: inout SeededGenerator) {
        intervalSeconds = negotiated.keepaliveIntervalSeconds
        lastSent = now
        start(random: &random, at: now)
    }

    /// A KEEPALIVE was sent, or an UPDATE, which counts as one.
    mutating func restart(after type: MessageType, random: inout SeededGenerator, at now: Instant) {
        if type == .keepalive {
            lastSent = now
            isFirst = false
        }
        start(random: &random, at: now)
    }

    /// Sessions that come up together, and send the same UPDATEs, would send in step for minutes: so the first interval is
    /// any part of one.
    ///
    /// RFC 4271 section 4.4 wants no more than one a second. That is kept for the interval that is configured; jitter makes one
    /// second a little less (section 10), as with BIRD, and the second KEEPALIVE of a session may follow the first sooner.
    private mutating func start(random: inout SeededGenerator, at now: Instant) {
        guard intervalSeconds > 0 else { return }
        let interval = Duration.seconds(Int64(intervalSeconds))
        deadline =
            now
            + (isFirst
                ? .nanoseconds(Int64.random(in: 0...interval.nanoseconds, using: &random)) : random.jittered(interval))
    }
}
