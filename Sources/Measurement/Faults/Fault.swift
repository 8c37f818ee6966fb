// SPDX-License-Identifier: MIT-0

/// A fault with everything that determines its consequences: its description, its target's role, and its parameters.
package struct Fault: Hashable, Sendable {
    package var name: FaultName
    package var role: TargetRole
    package var parameters: FaultParameters

    /// Parameters that are nil take their defaults.
    package init(_ name: FaultName, role: TargetRole = .active, parameters: FaultParameters = FaultParameters()) {
        self.name = name
        self.role = role
        self.parameters = parameters.completed(for: name)
    }

    package var description: FaultDescription { name.description }

    /// What the traffic must do.
    package enum Expectation: Hashable, Sendable {
        /// The standby takes over.
        case moves
        /// The active instance continues to serve; any move of the traffic is wrong.
        case stays
        /// Either: it depends on chance, or theory does not say.
        case open
    }

    /// Whether no probe is answered from the fault on, whatever is detected.
    ///
    /// If this is uncertain, the outage may be as short as 0: the kernel of a killed instance answers until its address
    /// is gone, that of a crashed, frozen or terminated speaker until the route has moved.
    package var stopsForwarding: Bool {
        switch role {
        case .active, .path: description.answering == .no || description.answering == .atTimes
        case .everySession, .someSessions, .bystander, .everyInstance: false
        }
    }

    /// What the traffic must do.
    package func expectation(timers: SessionTimers) -> Expectation {
        if description.movementIgnoresTarget { return expectationOfActive(timers: timers) }
        switch role {
        case .bystander, .someSessions, .path: return .stays
        case .everyInstance: return .open
        case .active: return expectationOfActive(timers: timers)
        case .everySession:
            return description.movement == .staysWithOtherSession ? .moves : expectationOfActive(timers: timers)
        }
    }

    private func expectationOfActive(timers: SessionTimers) -> Expectation {
        switch description.movement {
        case .stays, .staysWithOtherSession: return .stays
        case .chance: return .open
        case .staysForShortGap:
            return description.longestGap(parameters) < timers.shortestDetection ? .stays : .open
        case .movesWithBFD:
            guard timers.bfdInterval != nil else { return .stays }
            return expectationOfTransient(timers: timers)
        case .moves: return expectationOfTransient(timers: timers)
        }
    }

    /// A silent fault that is undone before any timer expires moves nothing.
    private func expectationOfTransient(timers: SessionTimers) -> Expectation {
        guard name.signal == .silence, let duration = parameters.duration else { return .moves }
        let timers = timers.concerned(by: description.sights)
        if duration < timers.longestUnnoticed { return .stays }
        return timers.longestDetection.map { duration > $0 } ?? false ? .moves : .open
    }

    /// Whether the standby's first answer ends the fault's effect on a client.
    ///
    /// A flap goes on; and if every instance is cut off, the standby serves only until its own sessions have ended too.
    package var endsWithConvergence: Bool {
        !description.isRepeated && (role != .everyInstance || description.keepsRoutes)
    }

    /// Whether all of the active instance's sessions must end, sooner or later.
    package var endsEverySession: Bool {
        // If undone in time, it ends none.
        if name.signal == .silence, parameters.duration != nil { return false }
        switch (description.sessions, role) {
        case (.every, .active), (.every, .everySession), (.one, .everySession): return true
        case (.one, .active), (.none, _), (_, .someSessions), (_, .path), (_, .bystander), (_, .everyInstance):
            return false
        }
    }

    /// Whether the fault promises that nothing is lost, so that one lost probe is too many.
    package func promisesNoLoss(timers: SessionTimers) -> Bool {
        if description.movementIgnoresTarget { return description.promise == .nothingLost }
        switch role {
        case .bystander, .someSessions: return true
        case .path, .everyInstance: return false
        case .active, .everySession: break
        }
        switch description.promise {
        case .none: return false
        case .nothingLost: return true
        case .nothingLostWhileItStays: return expectation(timers: timers) == .stays
        }
    }
}

extension SessionTimers {
    /// The shortest silence, beyond the usual gap between messages, after which a timer may declare a peer dead.
    var shortestDetection: Milliseconds {
        var shortest = Milliseconds(nanoseconds: .max)
        if let holdTime {
            shortest = max(.zero, holdTime - keepalive(of: holdTime))
        }
        if let bfdInterval, let bfdMultiplier {
            shortest = min(shortest, bfdInterval.times(max(bfdMultiplier - 1, 0)))
        }
        return shortest
    }

    /// For how long everything may be lost, both ways, without any timer's finding it, whenever that begins.
    ///
    /// BFD: the last packet came up to an interval before, and the next comes up to an interval after, so what is lost in
    /// between must leave two of the intervals that the detection time has (RFC 5880 section 6.8.4). BGP: what was lost is sent
    /// again by TCP, each time after twice as long (RFC 6298 section 5.5), so it may come as late again as it was lost for.
    var longestUnnoticed: Milliseconds {
        var longest = Milliseconds(nanoseconds: .max)
        if let holdTime {
            let slack = holdTime - keepalive(of: holdTime) - Self.firstRetransmission
            longest = Milliseconds(nanoseconds: max(slack, .zero).nanoseconds / 2)
        }
        if let bfdInterval, let bfdMultiplier {
            longest = min(longest, bfdInterval.times(max(bfdMultiplier - 2, 0)))
        }
        return longest
    }

    /// Linux' shortest retransmission timeout (TCP_RTO_MIN).
    private static let firstRetransmission = Milliseconds(200)

    /// The time without a message after which some timer has found the peer gone; nil where none runs.
    var longestDetection: Milliseconds? {
        [holdTime, bfdDetectionTime].compactMap(\.self).min()
    }

    /// The timers that a fault starves, according to what each detector sees.
    func concerned(by sights: FaultDescription.Sights) -> SessionTimers {
        var timers = self
        switch sights.bfd {
        case .nothing, .adminDown: timers.bfdInterval = nil
        // Only the failed side misses anything, and reports it.
        case .down where bfdInterval != nil:
            timers.bfdInterval = bfdReverseInterval ?? bfdInterval
            timers.bfdMultiplier = bfdReverseMultiplier ?? bfdMultiplier
        case .down, .silence, .oneSilent, .gap, .gaps: break
        }
        if sights.bgp == .ceaseByBFD { timers.holdTime = nil }
        return timers
    }
}
