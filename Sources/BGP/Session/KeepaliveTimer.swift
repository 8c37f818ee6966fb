// SPDX-License-Identifier: MIT-0
import WireFormat

/// When the next KEEPALIVE of a connection is due (KeepaliveTimer of RFC 4271 section 10), and when the last one was sent.
struct KeepaliveTimer: Sendable {
    private let intervalSeconds: UInt16
    private(set) var lastSent: Instant
    /// Nil with a hold time of 0.
    private(set) var deadline: Instant?

    /// The timer of a connection whose first KEEPALIVE is sent at `now`.
    init(_ negotiated: Negotiated, sentAt now: Instant, random: inout SeededGenerator) {
        intervalSeconds = negotiated.keepaliveIntervalSeconds
        lastSent = now
        // Sessions that come up together would otherwise send in step for minutes: the first interval sets the phase.
        guard intervalSeconds > 0 else { return }
        deadline = now + .nanoseconds(Int64.random(in: 0...Int64(intervalSeconds) * 1_000_000_000, using: &random))
    }

    /// A KEEPALIVE was sent, or an UPDATE, which counts as one.
    mutating func restart(after type: MessageType, random: inout SeededGenerator, at now: Instant) {
        if type == .keepalive { lastSent = now }
        guard intervalSeconds > 0 else { return }
        // Jitter applies at one second, too (RFC 4271 section 10), as BIRD has it: section 4.4's "more frequently than one
        // per second" is about the interval that is configured.
        deadline = now + random.jittered(.seconds(Int64(intervalSeconds)))
    }
}
