// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The time in which an application got no service because of an event, as a bracket that contains the true value.
///
/// It is computed from the client's own stamps. A stall is a silence between two replies in which something was not
/// served: a request was lost, or could not be sent, or waited longer than an interval, or the connection ended.
/// `upper` is the whole silence, from the last reply before to the first reply after. `lower` is from the first request
/// not served to the last sign of missing service: the last request lost or not sent, the new connection's being
/// established, or, if a request waited for it, the reply itself.
package struct ApplicationStall: Hashable, Sendable, Codable {
    package var lower: Milliseconds
    /// Nil if no reply arrived while the event lasted, or if none had arrived before it.
    ///
    /// Without a stall this is the longest silence between two replies: a shorter stall may have gone unnoticed in it.
    package var upper: Milliseconds?
    /// Whether anything was not served.
    package var isSeen: Bool
    package var lastReplyBefore: Instant?
    package var firstReplyAfter: Instant?
    /// The first request that was not served in time.
    package var firstUnservedAt: Instant?
    /// Requests in this stall that were never answered.
    package var lostCount: Int
    /// Requests in this stall that were not sent: there was no connection, or no room in its buffer.
    package var unsentCount: Int
    /// Requests in this stall that were answered after more than an interval.
    package var delayedCount: Int
    /// Other, shorter stalls of the same event; none are expected.
    package var otherCount: Int

    /// The middle of the bracket; 0 without a stall; nil while the bracket is open.
    package var estimate: Milliseconds? {
        isSeen ? upper.map(lower.middle(to:)) : .zero
    }

    private enum CodingKeys: String, CodingKey {
        case lower = "lower_ms"
        case upper = "upper_ms"
        case isSeen = "seen"
        case lastReplyBefore = "last_reply_before_ns"
        case firstReplyAfter = "first_reply_after_ns"
        case firstUnservedAt = "first_unserved_ns"
        case lostCount = "lost"
        case unsentCount = "unsent"
        case delayedCount = "delayed"
        case otherCount = "other_stalls"
    }

    /// The longest stall that ends after `event` and begins before `end`.
    ///
    /// `requests` are in the order they were made. A reply at or after `end` belongs to another event (the restore), so
    /// a stall that lasts until then is open.
    package init(
        requests: [ApplicationRequest], connections: [ApplicationConnection] = [], event: Instant, end: Instant,
        interval: Milliseconds
    ) {
        let silences = Silences(requests: requests, connections: connections, end: end, interval: interval)
        var stalls: [ApplicationStall] = []
        var longestSilence: Milliseconds?
        silences.forEach { silence in
            guard silence.end > event else { return }
            if silences.isNoticeable(silence), let stall = silences.stall(in: silence) {
                stalls.append(stall)
            } else if let length = silence.length {
                longestSilence = max(longestSilence ?? length, length)
            }
        }
        guard var longest = stalls.max(by: { $0.isShorter(than: $1) }) else {
            self.init(upper: longestSilence)
            return
        }
        longest.otherCount = stalls.count - 1
        self = longest
    }

    /// A stall whose end was not seen is the longest of all.
    private func isShorter(than other: ApplicationStall) -> Bool {
        (upper == nil ? 1 : 0, upper ?? lower) < (other.upper == nil ? 1 : 0, other.upper ?? other.lower)
    }

    fileprivate init(upper: Milliseconds?) {
        lower = .zero
        self.upper = upper
        isSeen = false
        (lostCount, unsentCount, delayedCount, otherCount) = (0, 0, 0, 0)
    }
}

/// The times between one reply and the next.
private struct Silences {
    struct Silence {
        /// Nil before the first reply.
        var start: Instant?
        var end: Instant
        /// The index of the request that the final reply answered; nil if no reply ends the silence.
        var answered: Int?
        /// The first request after all requests answered so far.
        var firstOpen: Int

        /// Nil unless there is a reply at both ends.
        var length: Milliseconds? {
            guard let start, answered != nil else { return nil }
            return Milliseconds(from: start, to: end)
        }
    }

    let requests: [ApplicationRequest]
    /// When each new connection was established, without the first one.
    let reconnections: [Instant]
    let end: Instant
    let interval: Milliseconds

    init(
        requests: [ApplicationRequest], connections: [ApplicationConnection], end: Instant, interval: Milliseconds
    ) {
        self.requests = requests
        reconnections = connections.compactMap(\.connectedAt).dropFirst().map(\.self)
        self.end = end
        self.interval = interval
    }

    func forEach(_ body: (Silence) -> Void) {
        let replies = requests.indices.compactMap { index in requests[index].repliedAt.map { (at: $0, index: index) } }
            .filter { $0.at < end }.sorted { ($0.at, $0.index) < ($1.at, $1.index) }
        var firstOpen = 0
        var previous: Instant?
        for reply in replies {
            body(Silence(start: previous, end: reply.at, answered: reply.index, firstOpen: firstOpen))
            firstOpen = max(firstOpen, reply.index + 1)
            previous = reply.at
        }
        body(Silence(start: previous, end: end, answered: nil, firstOpen: firstOpen))
    }

    /// Whether a silence is long enough to contain a stall, or contains a new connection.
    ///
    /// After a long stall hundreds of replies arrive at once: the gaps between those are skipped.
    func isNoticeable(_ silence: Silence) -> Bool {
        guard let start = silence.start else { return true }
        return Milliseconds(from: start, to: silence.end) > interval || reconnection(in: silence) != nil
    }

    private func reconnection(in silence: Silence) -> Instant? {
        let start = silence.start ?? .zero
        return reconnections.last { $0 > start && $0 < silence.end }
    }

    /// The stall in a silence; nil if every request in it was served.
    func stall(in silence: Silence) -> ApplicationStall? {
        var stall = ApplicationStall(upper: silence.length)
        var lastSign: Instant?
        func sign(_ instant: Instant) { lastSign = max(lastSign ?? instant, instant) }
        for request in requests[min(silence.firstOpen, requests.count)...] {
            guard request.askedAt < silence.end else { break }
            stall.firstUnservedAt = stall.firstUnservedAt ?? request.askedAt
            if !request.wasSent {
                stall.unsentCount += 1
                sign(request.askedAt)
            } else if let response = request.responseTime {
                stall.delayedCount += response > interval ? 1 : 0
            } else if silence.answered != nil || Milliseconds(from: request.askedAt, to: silence.end) > interval {
                // A request made just before the measurement's end might still have been answered.
                stall.lostCount += 1
                sign(request.askedAt)
            }
        }
        if let reconnection = reconnection(in: silence) { sign(reconnection) }
        if silence.answered == nil || waited(in: silence) { markWait(in: silence, &stall, sign) }
        guard let lastSign else { return nil }
        stall.isSeen = true
        stall.lastReplyBefore = silence.start
        stall.firstReplyAfter = silence.answered.map { _ in silence.end }
        let start = max(stall.firstUnservedAt ?? lastSign, silence.start ?? .zero)
        stall.lower = max(.zero, Milliseconds(from: start, to: lastSign))
        return stall
    }

    /// Whether the request answered by the silence's final reply had waited for it.
    private func waited(in silence: Silence) -> Bool {
        guard let answered = silence.answered else { return false }
        let asked = max(requests[answered].askedAt, silence.start ?? .zero)
        return Milliseconds(from: asked, to: silence.end) > interval
    }

    /// A request that waits until the end of the silence shows missing service until then.
    private func markWait(in silence: Silence, _ stall: inout ApplicationStall, _ sign: (Instant) -> Void) {
        let start = max(stall.firstUnservedAt ?? silence.end, silence.start ?? .zero)
        guard silence.answered != nil || Milliseconds(from: start, to: silence.end) > interval else { return }
        sign(silence.end)
    }
}
