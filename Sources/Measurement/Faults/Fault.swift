// SPDX-License-Identifier: MIT-0

/// A fault with all that its consequences follow from: its description, what its target is to the traffic, and its
/// parameters.
package struct Fault: Hashable, Sendable {
    package var name: FaultName
    package var role: TargetRole
    package var parameters: FaultParameters

    /// Parameters that are nil are the usual ones.
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
        /// The active instance goes on serving, and whatever moves the traffic is at fault.
        case stays
        /// Either: that depends on chance, or on what theory has no word for.
        case open
    }

    /// Whether no probe is answered from the fault on, whatever is noticed of it.
    ///
    /// Where it is not certain, the outage may be as short as 0: the kernel of a killed instance answers until its address
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

    /// A silent fault that is taken back before any timer expires moves nothing.
    private func expectationOfTransient(timers: SessionTimers) -> Expectation {
        guard name.signal == .silence, let duration = parameters.duration else { return .moves }
        let timers = timers.concerned(by: description.sights)
        if duration < timers.shortestDetection { return .stays }
        return timers.longestDetection.map { duration > $0 } ?? false ? .moves : .open
    }

    /// Whether the standby's first answer is the end of what the fault does to a client.
    ///
    /// A flap goes on, and where every instance is cut off, the standby serves only until its own sessions have ended too.
    package var endsWithConvergence: Bool {
        !description.isRepeated && (role != .everyInstance || description.keepsRoutes)
    }

    /// Whether all of the active instance's sessions must end, sooner or later.
    package var endsEverySession: Bool {
        // One that is taken back in time ends none.
        if name.signal == .silence, parameters.duration != nil { return false }
        switch (description.sessions, role) {
        case (.every, .active), (.every, .everySession), (.one, .everySession): return true
        default: return false
        }
    }

    /// Whether one lost probe is one too many: the fault is a promise that nothing is lost.
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
    /// The shortest time without a message after which a timer may find a peer gone, beyond the gap that is always there.
    var shortestDetection: Milliseconds {
        var shortest = Milliseconds(nanoseconds: .max)
        if let holdTime {
            let keepalive = keepaliveInterval ?? Milliseconds(nanoseconds: holdTime.nanoseconds / 3)
            shortest = max(.zero, holdTime - keepalive)
        }
        if let bfdInterval, let bfdMultiplier {
            shortest = min(shortest, bfdInterval.times(max(bfdMultiplier - 1, 0)))
        }
        return shortest
    }

    /// The time without a message after which some timer has found the peer gone; nil where none runs.
    var longestDetection: Milliseconds? {
        [holdTime, bfdDetectionTime].compactMap(\.self).min()
    }

    /// Those of the timers that a fault starves, as each detector sees it.
    func concerned(by sights: FaultDescription.Sights) -> SessionTimers {
        var timers = self
        switch sights.bfd {
        case .nothing, .adminDown: timers.bfdInterval = nil
        // Only the failed side misses anything, and says so.
        case .down where bfdInterval != nil:
            timers.bfdInterval = bfdReverseInterval ?? bfdInterval
            timers.bfdMultiplier = bfdReverseMultiplier ?? bfdMultiplier
        case .down, .silence, .oneSilent, .gap, .gaps: break
        }
        if sights.bgp == .ceaseByBFD { timers.holdTime = nil }
        return timers
    }
}
