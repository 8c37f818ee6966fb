// SPDX-License-Identifier: MIT-0

/// What theory allows a duration to be, why, and how a measured one compares.
package struct ExpectedWindow: Hashable, Sendable, Codable {
    /// Where a measured duration lies.
    package enum Verdict: String, Hashable, Sendable, Codable {
        case inside
        case tooShort = "too-short"
        case tooLong = "too-long"
        /// The measurement does not say: nothing was seen, or its bracket is open.
        case unknown
    }

    /// What was measured, held against the window.
    package struct Assessment: Hashable, Sendable, Codable {
        package var window: ExpectedWindow
        package var verdict: Verdict
        /// How far outside of the window, with its allowance; nil inside.
        package var outsideBy: Milliseconds?
        /// Where the time went or was saved, as far as the stamps tell: a sentence for people; nil inside.
        package var explanation: String?

        private enum CodingKeys: String, CodingKey {
            case window, verdict, explanation
            case outsideBy = "outside_by_ms"
        }
    }

    package var lower: Milliseconds
    /// Nil: theory sets no end.
    package var upper: Milliseconds?
    /// What a route server's own work and the machine's scheduling may add at either end.
    package var allowance: Milliseconds
    /// A sentence for people.
    package var reason: String
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
        guard fault.expectation(timers: timers) == .moves else {
            return unnoticed(fault, timers: timers, allowance: allowance)
        }
        // Whatever cuts off every endpoint is silent, whatever it is to an instance.
        switch fault.role == .everySession ? .silence : fault.name.signal {
        case .update:
            return ExpectedWindow(
                lower: .zero, upper: .zero, allowance: allowance,
                reason: "the speaker sends an UPDATE: detection takes no timer", references: ["RFC 4271 section 9"])
        case .notification:
            return ExpectedWindow(
                lower: .zero, upper: .zero, allowance: allowance,
                reason: "the speaker says Cease before it ends: detection takes no timer",
                references: ["RFC 4271 section 6.7", "RFC 4486 section 3"])
        case .connectionClosed:
            return ExpectedWindow(
                lower: .zero, upper: .zero, allowance: allowance,
                reason: "the kernel closes the TCP connection (FIN or RST): detection takes no timer",
                references: ["RFC 4271 section 8.2.2"])
        case .silence:
            return silence(of: fault.name, timers: timers, allowance: allowance)
        }
    }

    /// What never is to be noticed in a way that moves traffic, or may be.
    private static func unnoticed(
        _ fault: Fault, timers: SessionTimers, allowance: Milliseconds
    ) -> ExpectedWindow {
        ExpectedWindow(
            lower: .zero, upper: nil, allowance: allowance, reason: reasonForUnnoticed(fault, timers: timers),
            references: ["RFC 5882 section 3"])
    }

    private static func reasonForUnnoticed(_ fault: Fault, timers: SessionTimers) -> String {
        switch (fault.name, fault.role) {
        case (.soak, _): "nothing was done, so nothing is to happen"
        case (.routeServerRestart, _):
            "the route server is what ends: the routes it wrote stay, until the first of its sessions is back"
        case (_, .bystander): "neither the active instance's traffic nor its sessions pass there: no route is to move"
        case (.endpointDown, .active), (_, .someSessions):
            "the instance's other endpoint still has its path: no route is to move"
        case (_, .path): "BGP and BFD do not pass there, so nobody is to notice, ever"
        case (_, .everyInstance): "no instance is left that could take over"
        case (.grey, _): "BGP and BFD stay up while the service is dead: nobody is to notice, ever"
        case (.bfdPartition, _): "no BFD is spoken, so nobody is to miss it"
        case (.loss, _): "whether so many packets in a row are lost that a timer expires is left to chance"
        case (.flap, _), (.delay, _), (.jitter, _):
            fault.expectation(timers: timers) == .stays
                ? "no gap in what is heard is as long as a timer: no route is to move"
                : "the gap may be longer than a timer: whether one expires depends on when it began"
        default: "nothing was done, so nothing is to happen"
        }
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
        if fault.promisesNoLoss(timers: timers) {
            return ExpectedWindow(
                lower: .zero, upper: .zero, allowance: .zero,
                reason: "this fault is a promise: not one probe is lost", references: ["RFC 6412 section 3.6.5"])
        }
        var window = detection(of: fault, timers: timers, allowance: allowance)
        window.references = ["RFC 6412 section 3.6.5"]
        switch (fault.name, fault.role) {
        case (_, .everyInstance) where fault.name != .routeServerRestart:
            window.reason = "no instance is left that could take over: until the fault is taken back"
        case (.loss, _), (.grey, _):
            window.reason = "probes are lost for as long as the fault lasts"
        case (.delay, _), (.jitter, _):
            window.reason = "packets are late and not lost, unless they come later than is waited for them"
        case (.flap, .active), (.flap, .path):
            return flapping(fault, timers: timers, allowance: allowance)
        case (_, .path):
            window.reason = "probes are lost for as long as the fault lasts"
        case _ where fault.stopsForwarding:
            window.reason =
                "no probe is answered from the fault until the route has moved, so it lasts as long as detection"
            window.add(timers.programmingDelay, of: fault, timers: timers)
        case (.kill, _):
            window.reason =
                "the killed instance may answer until its address is gone, and the route moves as soon as it is detected"
            window.add(timers.programmingDelay, of: fault, timers: timers)
        case (.routeServerRestart, _):
            window.upper = .zero
            window.reason = "the routes stay in the tables, and whoever they move to answers: nothing need be lost"
        default:
            window.lower = .zero
            window.upper = .zero
            window.reason = "the instance's kernel goes on answering until the route has moved: nothing need be lost"
        }
        return window
    }

    /// A route that is held back on purpose moves that much later.
    private mutating func add(_ delay: Milliseconds?, of fault: Fault, timers: SessionTimers) {
        guard let delay, delay > .zero, fault.expectation(timers: timers) == .moves else { return }
        // The delay runs from detection on, and whoever answers for a while then shortens the outage by as much.
        if fault.stopsForwarding { lower = lower + delay }
        upper = upper.map { $0 + delay }
        reason += ", and then the programming delay of \(delay.text)"
    }

    /// From the first probe lost to the last, over every time that the carrier goes.
    private static func flapping(
        _ fault: Fault, timers: SessionTimers, allowance: Milliseconds
    ) -> ExpectedWindow {
        let stays = fault.expectation(timers: timers) == .stays
        return ExpectedWindow(
            lower: stays ? fault.flapTime : min(fault.downTime, timers.shortestDetection), upper: fault.flapTime,
            allowance: allowance,
            reason: stays
                ? "nobody notices: probes are lost each time the carrier is gone, from the first to the last"
                : "from the first time that the carrier goes until the standby serves, or else until the last time is over",
            references: ["RFC 6412 section 3.6.5"])
    }

    private static func silence(
        of fault: FaultName, timers: SessionTimers, allowance: Milliseconds
    ) -> ExpectedWindow {
        var timers = timers
        // Each of the two partitions leaves one of the two timers running as ever.
        if fault == .bgpPartition { timers.bfdInterval = nil }
        if fault == .bfdPartition { timers.holdTime = nil }
        // Only the failed side misses anything, and says so.
        if fault == .onewayIn, timers.bfdInterval != nil {
            timers.bfdInterval = timers.bfdReverseInterval ?? timers.bfdInterval
            timers.bfdMultiplier = timers.bfdReverseMultiplier ?? timers.bfdMultiplier
        }
        let hold = timers.holdTime.map { holdTimer($0, keepalive: timers.keepaliveInterval, allowance: allowance) }
        guard let interval = timers.bfdInterval, let multiplier = timers.bfdMultiplier, multiplier > 0 else {
            return hold
                ?? ExpectedWindow(
                    lower: .zero, upper: nil, allowance: allowance,
                    reason: "the fault is silent, the hold timer is off and there is no BFD: nothing need ever notice",
                    references: ["RFC 4271 section 4.2"])
        }
        // Jitter takes up to a quarter off each interval (RFC 5880 section 6.8.7) and adds nothing: packets come at most
        // that far apart, and the detection time is of whole intervals. So the bounds hold with it.
        var bfd = ExpectedWindow(
            lower: interval.times(multiplier - 1), upper: interval.times(multiplier), allowance: allowance,
            reason: "BFD goes down \(multiplier) x \(interval.text) after the last control packet, and the fault"
                + " comes up to \(interval.text) after that packet",
            references: ["RFC 5880 section 6.8.4", "RFC 5880 section 6.8.7"])
        guard var hold, let holdUpper = hold.upper, let bfdUpper = bfd.upper else { return bfd }
        // Both run; the first to expire takes the session down.
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
        _ holdTime: Milliseconds, keepalive: Milliseconds?, allowance: Milliseconds
    ) -> ExpectedWindow {
        let keepalive = keepalive ?? Milliseconds(nanoseconds: holdTime.nanoseconds / 3)
        return ExpectedWindow(
            lower: max(.zero, holdTime - keepalive), upper: holdTime, allowance: allowance,
            reason: "the hold timer of \(holdTime.text) runs from the last message, and a KEEPALIVE came at least"
                + " every \(keepalive.text)",
            references: ["RFC 4271 section 6.5", "RFC 4271 section 4.4", "RFC 4271 section 10"])
    }

    /// Holds a duration against the window; nil is a duration that nobody saw end.
    package func assess(_ duration: Milliseconds?) -> Assessment {
        assess(lower: duration, upper: duration)
    }

    /// Holds a bracket against the window: it is inside as soon as the two overlap.
    ///
    /// A bracket with no upper end can only be found too long.
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
