// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The account of every probe of one flow, fed by its `ProbeRecord`s in any order.
///
/// A probe is lost if no reply arrived within the forwarding delay threshold. Which instance answered is read from the
/// reply's TTL at the prober, using `instances`: observed, never inferred from a route.
package struct ProbeLedger: Sendable {
    package private(set) var settings: ProbeSettings
    /// TTL of a reply at the prober -> the instance that sends with it.
    package let instances: [UInt8: String]
    /// The prober's closing record; nil while it runs, or if it died.
    package private(set) var summary: ProberSummary?
    private var account: (skippedCount: UInt64, clockPairWidth: Milliseconds)?

    /// In the order in which their sequence numbers came: nearly that of the send instants, so sorting by these is cheap.
    private var entries: [Entry] = []
    /// Sequence number -> index in `entries`.
    private var indices: [UInt64: Int] = [:]

    /// What the records reported about one sequence number.
    private struct Entry {
        let sequence: UInt64
        var sentAt: Instant?
        var transmittedAt: Instant?
        /// The earliest reply.
        var reply: Reply?
        var laterReplies: [Reply] = []
        var isUnreachable = false

        var sendInstant: Instant? { transmittedAt ?? sentAt }

        mutating func add(_ new: Reply) {
            guard let first = reply else {
                reply = new
                return
            }
            reply = new.at < first.at ? new : first
            laterReplies.append(new.at < first.at ? first : new)
        }
    }

    private struct Reply {
        var at: Instant
        var timeToLive: UInt8
    }

    package init(settings: ProbeSettings, instances: [UInt8: String]) {
        self.settings = settings
        self.instances = instances
    }

    /// Decides when a reply is too late, for all probes alike.
    package mutating func setThreshold(_ threshold: Milliseconds) { settings.forwardingDelayThreshold = threshold }

    package mutating func record(_ record: ProbeRecord) {
        switch record {
        case .sent(_, let sequence, let instant):
            entries[index(of: sequence)].sentAt = instant
        case .transmitted(_, let sequence, let instant):
            entries[index(of: sequence)].transmittedAt = instant
        case .received(_, let sequence, let instant, let timeToLive):
            entries[index(of: sequence)].add(Reply(at: instant, timeToLive: timeToLive))
        case .unreachable(_, let sequence, _, _, _):
            entries[index(of: sequence)].isUnreachable = true
        case .account(let skippedCount, let clockPairWidth):
            account = (skippedCount, clockPairWidth)
        case .end(var summary):
            summary.skippedCount = account?.skippedCount
            summary.clockPairWidth = account.map { Double($0.clockPairWidth.nanoseconds) / 1_000 }
            self.summary = summary
        }
    }

    /// Where the entry of a sequence number is; a new one gets an entry.
    private mutating func index(of sequence: UInt64) -> Int {
        if let index = indices[sequence] { return index }
        let index = entries.count
        entries.append(Entry(sequence: sequence))
        indices[sequence] = index
        return index
    }

    /// Every probe that was sent, ordered by send instant.
    ///
    /// `listenedUntil` is when the prober stopped listening: a younger probe without a reply is undecided. If nil, the
    /// prober is assumed to have waited for the last reply.
    package func probes(listenedUntil: Instant? = nil) -> [Probe] {
        var probes: [Probe] = []
        probes.reserveCapacity(entries.count)
        for entry in entries {
            guard let sentAt = entry.sendInstant else { continue }
            probes.append(
                Probe(
                    sequence: entry.sequence, sentAt: sentAt, hasKernelSendStamp: entry.transmittedAt != nil,
                    fate: fate(of: entry, sentAt: sentAt, listenedUntil: listenedUntil)))
        }
        return probes.sorted { $0.sentAt == $1.sentAt ? $0.sequence < $1.sequence : $0.sentAt < $1.sentAt }
    }

    private func fate(of entry: Entry, sentAt: Instant, listenedUntil: Instant?) -> Probe.Fate {
        let deadline = sentAt.advanced(by: settings.forwardingDelayThreshold)
        if let first = entry.reply {
            return first.at <= deadline
                ? .answered(at: first.at, timeToLive: first.timeToLive)
                : .late(at: first.at, timeToLive: first.timeToLive)
        }
        if let listenedUntil, listenedUntil < deadline, !entry.isUnreachable {
            return .undecided
        }
        return .lost
    }

    /// When the outcome of every probe sent by `instant` is certain, even if no other reply arrives; nil if it already
    /// is.
    package func decided(sentBy instant: Instant) -> Instant? {
        var last: Instant?
        for entry in entries where entry.reply == nil && !entry.isUnreachable {
            guard let sentAt = entry.sendInstant, sentAt <= instant else { continue }
            let deadline = sentAt.advanced(by: settings.forwardingDelayThreshold)
            last = max(last ?? deadline, deadline)
        }
        return last
    }

    package func counts(listenedUntil: Instant? = nil) -> ProbeCounts {
        var counts = ProbeCounts()
        for entry in entries {
            counts.duplicates += entry.laterReplies.count
            counts.fromUnknown += entry.reply.map { instances[$0.timeToLive] == nil } ?? false ? 1 : 0
            counts.fromUnknown += entry.laterReplies.count { instances[$0.timeToLive] == nil }
            guard let sentAt = entry.sendInstant else {
                counts.withoutSend += 1
                continue
            }
            counts.sent += 1
            switch fate(of: entry, sentAt: sentAt, listenedUntil: listenedUntil) {
            case .answered:
                counts.answered += 1
            case .late:
                counts.lost += 1
                counts.late += 1
            case .lost:
                counts.lost += 1
                counts.unreachable += entry.isUnreachable ? 1 : 0
            case .undecided:
                counts.undecided += 1
            }
        }
        counts.reordered = reorderedCount
        return counts
    }

    /// First replies ordered by receive stamp; equal stamps by sequence number.
    private var arrivals: [(sequence: UInt64, at: Instant, timeToLive: UInt8)] {
        entries.compactMap { entry in
            guard entry.sendInstant != nil, let first = entry.reply else { return nil }
            return (entry.sequence, first.at, first.timeToLive)
        }
        .sorted { $0.at == $1.at ? $0.sequence < $1.sequence : $0.at < $1.at }
    }

    package var sentCount: Int { entries.count { $0.sendInstant != nil } }

    /// The longest round trip so far; nil before the first reply.
    package var longestRoundTrip: Milliseconds? {
        entries.compactMap { entry in
            entry.sendInstant.flatMap { sent in entry.reply.map { Milliseconds(from: sent, to: $0.at) } }
        }.max()
    }

    /// The receive stamps of all first replies to probes that were sent, in no particular order.
    package var replyInstants: [Instant] { entries.compactMap { $0.sendInstant == nil ? nil : $0.reply?.at } }

    private func isLate(_ sequence: UInt64, at instant: Instant) -> Bool {
        guard let index = indices[sequence], let sentAt = entries[index].sendInstant else { return false }
        return instant > sentAt.advanced(by: settings.forwardingDelayThreshold)
    }

    /// RFC 4737 section 3.3: a packet is reordered if one with a higher number arrived before it.
    ///
    /// A late reply counts as lost, and lost packets have no order.
    private var reorderedCount: Int {
        var highest: UInt64 = 0
        var count = 0
        for arrival in arrivals where !isLate(arrival.sequence, at: arrival.at) {
            if arrival.sequence < highest {
                count += 1
            } else {
                highest = arrival.sequence
            }
        }
        return count
    }

    /// Who answered, from the first reply to the last: a new period whenever the TTL changes.
    package var servingPeriods: [ServingPeriod] {
        var periods: [ServingPeriod] = []
        for arrival in arrivals {
            if let last = periods.indices.last, periods[last].timeToLive == arrival.timeToLive {
                periods[last].lastReplyAt = arrival.at
                periods[last].replyCount += 1
            } else {
                periods.append(
                    ServingPeriod(
                        instance: instances[arrival.timeToLive], timeToLive: arrival.timeToLive,
                        firstReplyAt: arrival.at, lastReplyAt: arrival.at, replyCount: 1))
            }
        }
        return periods
    }

    /// The receive stamp of the first reply from `instance` at or after `start`.
    package func firstReply(of instance: String, from start: Instant) -> Instant? {
        var first: Instant?
        func consider(_ reply: Reply) {
            guard reply.at >= start, instances[reply.timeToLive] == instance else { return }
            first = min(first ?? reply.at, reply.at)
        }
        for entry in entries where entry.sendInstant != nil {
            if let reply = entry.reply {
                consider(reply)
            }
            entry.laterReplies.forEach(consider)
        }
        return first
    }
}
