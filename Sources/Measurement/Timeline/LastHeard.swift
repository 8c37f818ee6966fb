// SPDX-License-Identifier: MIT-0
package import WireFormat

/// When the other end of a session was last heard, which is what its timer ran from.
package struct LastHeard: Hashable, Sendable, Codable {
    /// The last BFD control packet, KEEPALIVE or UPDATE, as its reader saw it arrive.
    package var at: Instant
    /// The gaps between the last ones before it, at most three, the oldest first.
    package var gaps: [Milliseconds]
    /// The longest gap that was agreed on, as far as the session knows: BFD's interval (RFC 5880 section 6.8.7).
    package var interval: Milliseconds?
    /// How long after the last one the session fails: the detection time (RFC 5880 section 6.8.4) or the hold time (RFC
    /// 4271 section 6.5); nil if the timer is off.
    package var timer: Milliseconds?

    package init(at: Instant, gaps: [Milliseconds], interval: Milliseconds?, timer: Milliseconds?) {
        self.at = at
        self.gaps = gaps
        self.interval = interval
        self.timer = timer
    }

    /// Nil if nothing was heard.
    package init?(_ arrivals: RecentArrivals, interval: Milliseconds?, timer: Milliseconds?) {
        guard let last = arrivals.last else { return nil }
        self.init(at: last, gaps: arrivals.gaps.map { Milliseconds($0) }, interval: interval, timer: timer)
    }

    private enum CodingKeys: String, CodingKey {
        case at = "at_ns"
        case gaps = "gaps_ms"
        case interval = "interval_ms"
        case timer = "timer_ms"
    }
}
