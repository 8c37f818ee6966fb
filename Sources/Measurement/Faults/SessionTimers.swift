// SPDX-License-Identifier: MIT-0

/// The negotiated timers of the sessions that a fault takes down.
package struct SessionTimers: Hashable, Sendable, Codable {
    /// A BGP speaker, by what is known of its timers' jitter.
    package enum Sender: String, Hashable, Sendable, Codable, CaseIterable {
        /// rslab's own: each interval is drawn evenly from the range that the RFC allows.
        case rslab
        /// A daemon whose jitter is its own affair.
        case daemon
    }

    /// The negotiated hold time (RFC 4271 section 4.2: the smaller offer); nil if it is 0, which means never.
    package var holdTime: Milliseconds?
    /// How often the failed side sent KEEPALIVE; nil for a third of the hold time (RFC 4271 section 4.4).
    package var keepaliveInterval: Milliseconds?
    /// The negotiated interval of the failed side's BFD control packets; nil without BFD.
    package var bfdInterval: Milliseconds?
    /// The failed side's Detect Mult.
    package var bfdMultiplier: Int?
    /// The negotiated interval and the Detect Mult of the other direction, from the route server to the failed side.
    ///
    /// The two directions are negotiated separately (RFC 5880 section 6.8.4); nil if equal to the failed side's.
    package var bfdReverseInterval: Milliseconds?
    package var bfdReverseMultiplier: Int?
    /// Who sends what the timers wait for; nil if that is not known.
    package var sender: Sender?
    /// Whether the sessions differ in their timers, of which the slowest are given then; nil for no.
    package var sessionsDiffer: Bool?
    /// How long the route server deliberately waits before it writes a new route; nil for not at all.
    package var programmingDelay: Milliseconds?
    /// How much longer if the route in the tables is still usable, as when an instance is back; nil for not at all.
    package var failBackDelay: Milliseconds?

    package init(
        holdTime: Milliseconds?, keepaliveInterval: Milliseconds? = nil, bfdInterval: Milliseconds? = nil,
        bfdMultiplier: Int? = nil
    ) {
        self.holdTime = holdTime
        self.keepaliveInterval = keepaliveInterval
        self.bfdInterval = bfdInterval
        self.bfdMultiplier = bfdMultiplier
    }

    /// How long after its last packet BFD declares a peer dead; nil without BFD.
    package var bfdDetectionTime: Milliseconds? {
        guard let bfdInterval, let bfdMultiplier else { return nil }
        return Milliseconds(nanoseconds: bfdInterval.nanoseconds * Int64(bfdMultiplier))
    }

    /// How often KEEPALIVEs are sent with this hold time (RFC 4271 section 4.4).
    func keepalive(of holdTime: Milliseconds) -> Milliseconds {
        keepaliveInterval ?? Milliseconds(nanoseconds: holdTime.nanoseconds / 3)
    }

    private enum CodingKeys: String, CodingKey {
        case sender
        case sessionsDiffer = "sessions_differ"
        case holdTime = "hold_time_ms"
        case keepaliveInterval = "keepalive_ms"
        case bfdInterval = "bfd_interval_ms"
        case bfdMultiplier = "bfd_multiplier"
        case bfdReverseInterval = "bfd_reverse_interval_ms"
        case bfdReverseMultiplier = "bfd_reverse_multiplier"
        case programmingDelay = "programming_delay_ms"
        case failBackDelay = "fail_back_delay_ms"
    }
}
