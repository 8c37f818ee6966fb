// SPDX-License-Identifier: MIT-0

/// How long theory allows a duration to be, why, and how a measured one compares.
package struct ExpectedWindow: Hashable, Sendable, Codable {
    /// Where a measured duration lies.
    package enum Verdict: String, Hashable, Sendable, Codable {
        case inside
        case tooShort = "too-short"
        case tooLong = "too-long"
        /// The measurement does not say: nothing was seen, or its bracket is open.
        case unknown
    }

    /// A measurement compared with the window.
    package struct Assessment: Hashable, Sendable, Codable {
        package var window: ExpectedWindow
        package var verdict: Verdict
        /// How far outside the window including its allowance; nil inside.
        package var outsideBy: Milliseconds?
        /// Where the time went or was saved; nil inside the window, and empty if no stamp shows it.
        package var explanations: [WindowExplanation]?

        private enum CodingKeys: String, CodingKey {
            case window, verdict, explanations
            case outsideBy = "outside_by_ms"
        }
    }

    package var lower: Milliseconds
    /// Nil if theory sets no limit.
    package var upper: Milliseconds?
    /// What the route server's own work and the machine's scheduling may add at either end.
    package var allowance: Milliseconds
    package var reason: WindowReason
    /// Such as "RFC 4271 section 6.5".
    package var references: [String]

    private enum CodingKeys: String, CodingKey {
        case reason, references
        case lower = "lower_ms"
        case upper = "upper_ms"
        case allowance = "allowance_ms"
    }

    /// Covers a route server's work, a table write and a timer's lateness on a machine that is not busy.
    package static let usualAllowance = Milliseconds(20)

    /// For a sequence of faults: theory predicts the effect of each, but not how they interact.
    static let notPredicted = ExpectedWindow(
        lower: .zero, upper: nil, allowance: .zero, reason: WindowReason(.severalFaults), references: [])

    /// From the fault to the last of the failed instance's sessions being down.
    package static func detection(
        of fault: FaultName, timers: SessionTimers, allowance: Milliseconds = usualAllowance
    ) -> ExpectedWindow {
        detection(of: Fault(fault), timers: timers, allowance: allowance)
    }

    /// From the fault to the last of the failed instance's sessions being down.
    package static func detection(
        of fault: Fault, timers: SessionTimers, allowance: Milliseconds = usualAllowance
    ) -> ExpectedWindow {
        switch Detector(of: fault, timers: timers) {
        case .nothing(let reason):
            ExpectedWindow(
                lower: .zero, upper: nil, allowance: allowance, reason: reason, references: ["RFC 5882 section 3"])
        case .atOnce(let reason, let references): atOnce(reason, references, allowance)
        case .timers(let timers): silence(timers: timers, allowance: allowance)
        }
    }

    /// Detection that takes no timer.
    private static func atOnce(
        _ reason: WindowReason.Kind, _ references: [String], _ allowance: Milliseconds
    ) -> ExpectedWindow {
        ExpectedWindow(
            lower: .zero, upper: .zero, allowance: allowance, reason: WindowReason(reason), references: references)
    }

    /// The loss of connectivity that the fault causes at the client.
    package static func outage(
        of fault: FaultName, timers: SessionTimers, allowance: Milliseconds = usualAllowance
    ) -> ExpectedWindow {
        outage(of: Fault(fault), timers: timers, allowance: allowance)
    }

    /// The loss of connectivity that the fault causes at the client.
    package static func outage(
        of fault: Fault, timers: SessionTimers, allowance: Milliseconds = usualAllowance
    ) -> ExpectedWindow {
        let references = ["RFC 6412 section 3.6.5"]
        if fault.promisesNoLoss(timers: timers) {
            return ExpectedWindow(
                lower: .zero, upper: .zero, allowance: .zero, reason: WindowReason(.promise), references: references)
        }
        var window = detection(of: fault, timers: timers, allowance: allowance)
        window.references = references
        let description = fault.description
        if fault.role == .everyInstance, !description.keepsRoutes {
            window.reason = WindowReason(.noInstanceLeft)
            return window
        }
        switch description.answering {
        case .mostly: window.reason = WindowReason(.whileFaultLasts)
        case .late: window.reason = WindowReason(.latePackets)
        case .atTimes where fault.role == .active || fault.role == .path:
            window.span(flapping: fault, timers: timers)
        case .no, .atTimes:
            window.span(silent: fault, timers: timers)
        case .briefly:
            window.reason = WindowReason(.answersBriefly)
            window.add(timers.programmingDelay, of: fault, timers: timers)
        case .yes:
            if !description.keepsRoutes { window.lower = .zero }
            window.upper = .zero
            window.reason = WindowReason(description.keepsRoutes ? .routesStay : .kernelAnswers)
        }
        return window
    }

    /// From the first lost probe to the last, over all times that the carrier is gone.
    private mutating func span(flapping fault: Fault, timers: SessionTimers) {
        let (down, whole) = (fault.parameters.downTime, fault.parameters.flapTime)
        let stays = fault.expectation(timers: timers) == .stays
        lower = stays ? whole : min(down, timers.shortestDetection)
        upper = whole
        reason = WindowReason(stays ? .everyFlap : .flapsUntilMoved)
    }

    /// From the fault on, if nothing is answered.
    private mutating func span(silent fault: Fault, timers: SessionTimers) {
        guard fault.stopsForwarding else {
            // Only the sessions are cut off, not the traffic.
            lower = .zero
            upper = .zero
            reason = WindowReason(.kernelAnswers)
            return
        }
        switch fault.expectation(timers: timers) {
        case .moves:
            reason = WindowReason(.untilRouteMoved)
            add(timers.programmingDelay, of: fault, timers: timers)
        case .stays:
            reason = WindowReason(.whileFaultLasts)
            guard let duration = fault.parameters.duration else { return }
            lower = duration
            // When the carrier comes back, the neighbour entries are gone.
            upper =
                fault.description.sights.carrier == .gone
                ? duration + FaultDescription.neighborRetransmission : duration
        case .open:
            reason = WindowReason(.untilMovedOrTakenBack)
            guard let duration = fault.parameters.duration else { return }
            lower = min(duration, timers.concerned(by: fault.description.sights).shortestDetection)
            upper = duration
        }
    }

    /// Adds the deliberate delay of a route.
    private mutating func add(_ delay: Milliseconds?, of fault: Fault, timers: SessionTimers) {
        guard let delay, delay > .zero, fault.expectation(timers: timers) == .moves else { return }
        // The delay begins at detection; if an instance answers for a while, that shortens the outage.
        if fault.stopsForwarding { lower = lower + delay }
        upper = upper.map { $0 + delay }
        reason.programmingDelay = delay
    }

    private static func silence(timers: SessionTimers, allowance: Milliseconds) -> ExpectedWindow {
        let hold = timers.holdTime.map { holdTimer($0, keepalive: timers.keepalive(of: $0), allowance: allowance) }
        guard let interval = timers.bfdInterval, let multiplier = timers.bfdMultiplier, multiplier > 0 else {
            return hold
                ?? ExpectedWindow(
                    lower: .zero, upper: nil, allowance: allowance, reason: WindowReason(.noTimer),
                    references: ["RFC 4271 section 4.2"])
        }
        var reason = WindowReason(.bfd)
        reason.interval = interval
        reason.multiplier = multiplier
        // Jitter takes up to a quarter off each interval (RFC 5880 section 6.8.7) and adds nothing: packets are at most
        // an interval apart, and the detection time is computed from whole intervals. So the bounds hold with jitter.
        var bfd = ExpectedWindow(
            lower: interval.times(multiplier - 1), upper: interval.times(multiplier), allowance: allowance,
            reason: reason, references: ["RFC 5880 section 6.8.4", "RFC 5880 section 6.8.7"])
        guard var hold, let holdUpper = hold.upper, let bfdUpper = bfd.upper else { return bfd }
        // Both timers run; the first to expire ends the session.
        let lower = min(hold.lower, bfd.lower)
        hold.lower = lower
        bfd.lower = lower
        return holdUpper < bfdUpper ? hold : bfd
    }

    /// The hold timer runs from the last message, and the fault comes up to one keepalive interval after that.
    ///
    /// Jitter (RFC 4271 section 10: 0.75...1 times the interval) only brings keepalives closer together, so the bounds hold
    /// with it.
    private static func holdTimer(
        _ holdTime: Milliseconds, keepalive: Milliseconds, allowance: Milliseconds
    ) -> ExpectedWindow {
        var reason = WindowReason(.holdTimer)
        reason.holdTime = holdTime
        reason.keepaliveInterval = keepalive
        return ExpectedWindow(
            lower: max(.zero, holdTime - keepalive), upper: holdTime, allowance: allowance, reason: reason,
            references: ["RFC 4271 section 6.5", "RFC 4271 section 4.4", "RFC 4271 section 10"])
    }

    /// Compares a duration with the window; nil is a duration whose end was not seen.
    package func assess(_ duration: Milliseconds?) -> Assessment {
        assess(lower: duration, upper: duration)
    }

    /// Compares a bracket with the window: it is inside if the two overlap.
    ///
    /// A bracket without an upper end can only be too long.
    package func assess(lower measuredLower: Milliseconds?, upper measuredUpper: Milliseconds?) -> Assessment {
        guard let measuredLower else { return Assessment(window: self, verdict: .unknown) }
        if let upper, measuredLower > upper + allowance {
            return Assessment(window: self, verdict: .tooLong, outsideBy: measuredLower - (upper + allowance))
        }
        guard let measuredUpper else { return Assessment(window: self, verdict: .unknown) }
        if measuredUpper < lower - allowance {
            return Assessment(window: self, verdict: .tooShort, outsideBy: lower - allowance - measuredUpper)
        }
        return Assessment(window: self, verdict: .inside)
    }
}
