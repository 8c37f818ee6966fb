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
        restart(after: .keepalive, random: &random, at: now)
    }

    /// A KEEPALIVE was sent, or an UPDATE, which counts as one.
    mutating func restart(after type: MessageType, random: inout SeededGenerator, at now: Instant) {
        if type == .keepalive { lastSent = now }
        guard intervalSeconds > 0 else { return }
        // "MUST NOT be sent more frequently than one per second" (RFC 4271 section 4.4).
        deadline = now + max(random.jittered(.seconds(Int64(intervalSeconds))), .seconds(1))
    }
}
