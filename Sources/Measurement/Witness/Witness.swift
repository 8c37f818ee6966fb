// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The outage as another observer than the prober saw it, and whether both agree.
package struct Witness: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A second prober on the same host.
        case prober
        /// The stamps of the prober's packets in the router.
        case packets
    }

    /// In what two observers differ by more than they may.
    package enum Aspect: String, Hashable, Sendable, Codable, CaseIterable {
        /// When the outage began, or ended.
        case begin, end
        /// Their brackets do not overlap.
        case length
        /// The witness recorded nothing, or not everything.
        case silence
    }

    package struct Disagreement: Hashable, Sendable, Codable {
        package var aspect: Aspect
        /// By how much, and how much is allowed; nil where the witness is silent.
        package var distance: Milliseconds?
        package var allowed: Milliseconds?

        private enum CodingKeys: String, CodingKey {
            case aspect
            case distance = "distance_ms"
            case allowed = "allowed_ms"
        }
    }

    package var kind: Kind
    package var sentCount: Int
    package var lostCount: Int
    package var outage: LossBracket
    /// The send stamps of the outage's first and last lost probe; nil if nothing was lost.
    package var firstLostAt: Instant?
    package var lastLostAt: Instant?
    /// Empty if it agrees.
    package var disagreements: [Disagreement]

    package var agrees: Bool { disagreements.isEmpty }

    private enum CodingKeys: String, CodingKey {
        case outage, disagreements
        case kind = "witness"
        case sentCount = "sent"
        case lostCount = "lost"
        case firstLostAt = "first_lost_ns"
        case lastLostAt = "last_lost_ns"
    }

    /// Compares a witness's outage with the prober's.
    ///
    /// The instant at which connectivity went lies between the last good send and the first lost one of both, so the two
    /// first lost sends are no farther apart than the larger of these gaps: an interval, or more if a probe was late.
    /// `roundTrip` is added, since a probe may be lost anywhere on its way. So it is for the end.
    init(
        _ kind: Kind, of outage: Outage, isComplete: Bool, comparedWith other: Outage, interval: Milliseconds,
        roundTrip: Milliseconds
    ) {
        let (own, others) = (Ends(outage), Ends(other))
        self.kind = kind
        sentCount = outage.sentCount
        lostCount = outage.lostCount
        self.outage = LossBracket(lower: outage.lower, upper: outage.upper)
        firstLostAt = own?.begin.later
        lastLostAt = own?.end.earlier
        disagreements = []
        guard isComplete, outage.sentCount > 0 else {
            disagreements = [Disagreement(aspect: .silence)]
            return
        }
        func check(_ aspect: Aspect, _ distance: Milliseconds, _ widths: [Milliseconds]) {
            let allowed = (widths + [interval]).reduce(.zero, max) + roundTrip
            guard distance > allowed else { return }
            disagreements.append(Disagreement(aspect: aspect, distance: distance, allowed: allowed))
        }
        if let own, let others {
            check(.begin, own.begin.later.distance(to: others.begin.later), [own.begin.width, others.begin.width])
            check(.end, own.end.earlier.distance(to: others.end.earlier), [own.end.width, others.end.width])
        }
        // One that lost nothing has the longest gap between two good sends as its upper end.
        let lower = max(outage.lower, other.lower)
        let uppers = [outage.upper, other.upper].compactMap(\.self)
        if let upper = uppers.min(), lower > upper + roundTrip {
            disagreements.append(
                Disagreement(aspect: .length, distance: lower - upper, allowed: roundTrip))
        }
    }
}

/// Within what an outage began and ended: that of one loss period, or of all that one event caused.
private struct Ends {
    struct Span {
        var earlier: Instant
        var later: Instant

        var width: Milliseconds { Milliseconds(from: earlier, to: later) }
    }

    var begin: Span
    var end: Span

    /// Nil if nothing was lost.
    init?(_ outage: Outage) {
        // The periods that the bracket is of: all, or only the longest.
        let periods = outage.eventPeriods
        let own = periods.filter { $0.lower == outage.lower && $0.upper == outage.upper }.prefix(1)
        guard let first = own.first ?? periods.first, let last = own.last ?? periods.last else { return nil }
        begin = Span(earlier: first.lastGoodBefore ?? first.firstLostAt, later: first.firstLostAt)
        end = Span(earlier: last.lastLostAt, later: last.firstGoodAfter ?? last.lastLostAt)
    }
}

extension Instant {
    fileprivate func distance(to other: Instant) -> Milliseconds {
        self < other ? Milliseconds(from: self, to: other) : Milliseconds(from: other, to: self)
    }
}
