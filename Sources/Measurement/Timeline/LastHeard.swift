// SPDX-License-Identifier: MIT-0
package import WireFormat

/// When the other end of a session was last heard, which is what its timer ran from.
///
/// Making one does not allocate: it is made between a detection and the route that follows from it.
package struct LastHeard: Hashable, Sendable {
    /// BFD control packets, or KEEPALIVEs and UPDATEs, as their reader saw them arrive; at least one.
    private let arrivals: RecentArrivals
    /// The longest gap that was agreed on, as far as the session knows: BFD's interval (RFC 5880 section 6.8.7).
    package let interval: Milliseconds?
    /// How long after the last one the session fails: the detection time (RFC 5880 section 6.8.4) or the hold time (RFC
    /// 4271 section 6.5); nil if the timer is off.
    package let timer: Milliseconds?

    /// The last arrival.
    package var at: Instant { arrivals.last ?? .zero }
    /// The gaps between the last ones before it, at most three, the oldest first.
    package var gaps: [Milliseconds] { arrivals.gaps.map { Milliseconds($0) } }

    /// Nil if nothing was heard.
    package init?(_ arrivals: RecentArrivals, interval: Milliseconds?, timer: Milliseconds?) {
        guard arrivals.last != nil else { return nil }
        self.arrivals = arrivals
        self.interval = interval
        self.timer = timer
    }

    package init(at last: Instant, gaps: [Milliseconds], interval: Milliseconds?, timer: Milliseconds?) {
        var arrival = last.advanced(by: .zero - gaps.reduce(.zero, +))
        var arrivals = RecentArrivals()
        arrivals.note(arrival)
        for gap in gaps {
            arrival = arrival.advanced(by: gap)
            arrivals.note(arrival)
        }
        self.arrivals = arrivals
        self.interval = interval
        self.timer = timer
    }
}

extension LastHeard: Codable {
    private enum CodingKeys: String, CodingKey {
        case at = "at_ns"
        case gaps = "gaps_ms"
        case interval = "interval_ms"
        case timer = "timer_ms"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            at: try container.decode(Instant.self, forKey: .at),
            gaps: try container.decode([Milliseconds].self, forKey: .gaps),
            interval: try container.decodeIfPresent(Milliseconds.self, forKey: .interval),
            timer: try container.decodeIfPresent(Milliseconds.self, forKey: .timer))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at, forKey: .at)
        try container.encode(gaps, forKey: .gaps)
        try container.encodeIfPresent(interval, forKey: .interval)
        try container.encodeIfPresent(timer, forKey: .timer)
    }
}
