// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The loss-of-connectivity period that an event caused, as a bracket that contains the true value.
///
/// Probes sample connectivity at their send instants, so the period's length is only known to lie between `lower` (last
/// lost send - first lost send) and `upper` (first good send after - last good send before). Both are differences of
/// real send stamps: a late prober widens its own bracket. The loss-derived value of RFC 6412 section 3.6.5 (lost
/// probes times the interval as it was) is given next to it.
///
/// If an event lost probes in several periods, `Headline` says which bracket this is; `several` has all of them.
package struct Outage: Hashable, Sendable, Codable {
    /// What the bracket of several loss periods is.
    package enum Headline: Hashable, Sendable {
        /// From the start of the first to the end of the last: for one event, after which one period is expected (RFC
        /// 6412 section 3.6.5).
        case span
        /// The longest of them: for several events, between which there may be connectivity.
        case longest
    }

    package var lower: Milliseconds
    /// Nil if connectivity did not come back during the measurement, or had never been there.
    ///
    /// If nothing was lost this is the longest gap between two good sends: a shorter outage may have gone unnoticed in
    /// it.
    package var upper: Milliseconds?
    package var lossDerived: Milliseconds
    /// The number of probes considered.
    package var sentCount: Int
    /// Lost probes in the periods attributed to the event.
    package var lostCount: Int
    /// How the losses are distributed over the probes, whatever their cause.
    package var pattern: LossPattern
    /// All loss periods seen: before, during and after the event's own.
    package var periods: [LossPeriod]
    /// The event's own periods taken together; nil unless there are several.
    package var several: SeveralLossPeriods?
    /// Probes lost before the event.
    package var lostBeforeCount: Int
    /// Probes lost within the sustained validation time after convergence (RFC 6412 section 3.7.5).
    package var lostAfterCount: Int
    /// From just before the event to the first lost send; negative if that probe was already on its way.
    package var eventToFirstLoss: Milliseconds?
    /// When connectivity was back: the standby had answered, and no more of the event's losses occurred.
    ///
    /// Without any loss it is the standby's first answer or, failing that, the event. Nil if connectivity did not come
    /// back.
    package var recoveredAt: Instant?
    /// From recovery to the last probe whose outcome is known: how long connectivity was seen to last.
    package var validatedFor: Milliseconds?

    private enum CodingKeys: String, CodingKey {
        case several = "several_periods"
        case lower = "lower_ms"
        case upper = "upper_ms"
        case lossDerived = "loss_derived_ms"
        case sentCount = "sent"
        case lostCount = "lost"
        case pattern = "loss_pattern"
        case periods = "loss_periods"
        case lostBeforeCount = "pre_loss"
        case lostAfterCount = "post_loss"
        case eventToFirstLoss = "event_to_first_loss_ms"
        case recoveredAt = "recovered_ns"
        case validatedFor = "validated_for_ms"
    }

    /// The middle of the bracket; 0 if nothing was lost; nil while the bracket is open.
    package var estimate: Milliseconds? {
        lostCount == 0 ? .zero : upper.map(lower.middle(to:))
    }

    /// The time without an answer in all of the event's loss periods together: the middle of its bracket; nil while it is
    /// open.
    package var total: Milliseconds? { several.map(\.total.estimate) ?? estimate }

    /// The loss periods attributed to the event; one is expected (RFC 6412 section 3.6.5).
    package var eventPeriods: [LossPeriod] { periods.filter { $0.attribution == .fault } }

    /// Computes the outage from probes in the order of their send instants.
    ///
    /// `convergedAt` is the first reply of the instance that should serve after the event; loss from then on counts
    /// against the sustained validation. If nil, all loss after the event is the event's. `servingPeriods` names the
    /// instances that answered around each loss period.
    package init(
        probes: [Probe], event: EventInstants, convergedAt: Instant?, settings: ProbeSettings,
        headline: Headline = .span, servingPeriods: [ServingPeriod] = []
    ) {
        sentCount = probes.count
        pattern = LossPattern(probes)
        let inFlight = Self.inFlightAllowance(probes: probes, before: event.before, interval: settings.interval)
        let earliest = event.before.advanced(by: Milliseconds.zero - inFlight)
        periods = LossPeriod.periods(of: probes).map { period in
            var period = period
            period.attribution = Self.attribution(
                of: period, event: event.before, earliest: earliest, convergedAt: convergedAt)
            period.sinceEvent = Milliseconds(from: event.before, to: period.firstLostAt)
            period.nameServers(from: servingPeriods)
            return period
        }
        let own = periods.filter { $0.attribution == .fault }
        lostCount = own.reduce(0) { $0 + $1.lostCount }
        lossDerived = Self.lossDerived(of: own, in: probes, interval: settings.interval)
        several = SeveralLossPeriods(own)
        if let first = own.first {
            let bracket = several.map { headline == .span ? $0.span : $0.longest } ?? first.bracket
            (lower, upper) = (bracket.lower, bracket.upper)
            eventToFirstLoss = first.sinceEvent
        } else {
            lower = .zero
            upper = Self.longestGap(probes: probes, from: earliest, to: convergedAt)
        }
        recoveredAt =
            if let last = own.last {
                last.firstGoodAfter.map { max($0, convergedAt ?? $0) }
            } else {
                convergedAt ?? event.after ?? event.before
            }
        let validatedUntil = recoveredAt?.advanced(by: settings.sustainedValidation)
        (lostBeforeCount, lostAfterCount) = Self.countAround(
            probes: probes, periods: periods, earliest: earliest, validatedUntil: validatedUntil)
        let lastDecided = probes.last { $0.fate != .undecided }
        if let recoveredAt, let lastDecided {
            validatedFor = max(.zero, Milliseconds(from: recoveredAt, to: lastDecided.sentAt))
        }
    }

    /// The time that the lost probes represent: for each, that from its send to the next one's.
    ///
    /// That is RFC 6412 section 3.6.5's lost packets times interval, for the interval as it was: a late prober skips
    /// slots, and counting probes would give too little.
    private static func lossDerived(of own: [LossPeriod], in probes: [Probe], interval: Milliseconds) -> Milliseconds {
        var total = Milliseconds.zero
        var periods = own[...]
        for (index, probe) in probes.enumerated() where probe.isLost {
            guard let period = periods.first else { break }
            guard probe.sentAt >= period.firstLostAt else { continue }
            let next = index + 1 < probes.count ? probes[index + 1].sentAt : nil
            total = total + (next.map { Milliseconds(from: probe.sentAt, to: $0) } ?? interval)
            if probe.sequence == period.lastSequence { periods.removeFirst() }
        }
        return total
    }

    private static func attribution(
        of period: LossPeriod, event: Instant, earliest: Instant, convergedAt: Instant?
    ) -> LossPeriod.Attribution {
        if period.lastLostAt < earliest { return .beforeFault }
        if let firstGoodAfter = period.firstGoodAfter, firstGoodAfter <= event { return .beforeFault }
        if let convergedAt, period.firstLostAt > convergedAt { return .afterConvergence }
        return .fault
    }

    /// How many probes were lost before the event, and how many in the validation after it.
    private static func countAround(
        probes: [Probe], periods: [LossPeriod], earliest: Instant, validatedUntil: Instant?
    ) -> (before: Int, after: Int) {
        var counts = (before: 0, after: 0)
        var periods = periods[...]
        for probe in probes where probe.isLost {
            guard let period = periods.first else { break }
            switch period.attribution {
            case .beforeFault:
                counts.before += 1
            case .fault:
                // A period that the event only prolonged had begun before it.
                counts.before += probe.sentAt < earliest ? 1 : 0
            case .afterConvergence:
                counts.after += validatedUntil.map { probe.sentAt <= $0 } ?? true ? 1 : 0
            }
            if probe.sequence == period.lastSequence {
                periods.removeFirst()
            }
        }
        return counts
    }

    /// How long before the event a probe may have been sent and still be its victim: it was on its way.
    ///
    /// The round trip seen before the event (99th percentile), but at least one interval.
    private static func inFlightAllowance(probes: [Probe], before event: Instant, interval: Milliseconds)
        -> Milliseconds
    {
        let roundTrips = probes.prefix { $0.sentAt < event }.compactMap(\.roundTrip).sorted()
        guard let typical = nearestRank(0.99, of: roundTrips) else { return interval }
        return max(interval, typical)
    }

    /// The longest time between two consecutive good sends, the later one after `start` and the earlier one before
    /// `end`.
    private static func longestGap(probes: [Probe], from start: Instant, to end: Instant?) -> Milliseconds? {
        var longest: Milliseconds?
        var previous: Instant?
        for probe in probes where probe.isAnswered {
            if let previous, probe.sentAt >= start, end.map({ previous <= $0 }) ?? true {
                let gap = Milliseconds(from: previous, to: probe.sentAt)
                longest = max(longest ?? gap, gap)
            }
            previous = probe.sentAt
        }
        return longest
    }
}
