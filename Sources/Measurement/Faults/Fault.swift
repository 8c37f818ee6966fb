// SPDX-License-Identifier: MIT-0

/// A fault with all that its consequences follow from: its name, what its target is to the traffic, and its parameters.
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

    /// Whether no probe is answered from the fault on, whoever notices what.
    package var stopsForwarding: Bool {
        switch role {
        case .active, .path: name.stopsForwarding
        case .everySession, .someSessions, .bystander, .everyInstance: false
        }
    }

    /// What the traffic is to do.
    package func expectation(timers: SessionTimers) -> FaultName.Expectation {
        if name == .soak { return .stays }
        // Its sessions come back one by one, and the first brings the traffic along.
        if name == .routeServerRestart { return .open }
        switch role {
        case .bystander, .someSessions, .path: return .stays
        case .everyInstance: return .open
        case .active: return expectationOfActive(timers: timers)
        case .everySession: return name == .endpointDown ? .moves : expectationOfActive(timers: timers)
        }
    }

    private func expectationOfActive(timers: SessionTimers) -> FaultName.Expectation {
        switch name {
        case .endpointDown, .grey: .stays
        case .loss: .open
        case .bfdPartition: timers.bfdInterval == nil ? .stays : .moves
        case .flap, .delay, .jitter: longestGap < timers.shortestDetection ? .stays : .open
        default: .moves
        }
    }

    /// Linux forgets its neighbours when the carrier goes, and asks for each again at once, and then once a second
    /// (`retrans_time_ms`; RFC 1122 section 2.3.2.1): what was asked while the carrier was gone is asked again that late.
    private static let neighborRetransmission = Milliseconds(1000)

    /// By how much this fault makes the gap between two messages of a peer longer than it is without.
    ///
    /// Nothing else of it is to be noticed.
    private var longestGap: Milliseconds {
        switch name {
        case .flap: downTime + Self.neighborRetransmission
        case .delay, .jitter: (parameters.delay ?? .zero) + (parameters.jitter ?? .zero)
        default: .zero
        }
    }

    /// Whether the standby's first answer is the end of what the fault does to a client.
    ///
    /// A flap goes on, and where every instance is cut off, the standby serves only until its own sessions have ended too.
    package var endsWithConvergence: Bool {
        name != .flap && (role != .everyInstance || name == .routeServerRestart)
    }

    /// Of `flap`: how long the carrier is gone each time.
    package var downTime: Milliseconds { Milliseconds(nanoseconds: (parameters.period ?? .zero).nanoseconds / 2) }

    /// Of `flap`: from the first time that the carrier goes to the last time that it is back.
    package var flapTime: Milliseconds {
        (parameters.period ?? .zero).times(max((parameters.count ?? 1) - 1, 0)) + downTime
    }

    /// Whether all of the active instance's sessions must end, sooner or later.
    package var endsEverySession: Bool {
        guard role == .active || role == .everySession else { return false }
        switch name {
        case .endpointDown: return role == .everySession
        case .withdraw, .prepend, .loss, .flap, .delay, .jitter, .routeServerRestart, .grey, .soak, .bfdPartition:
            return false
        default: return true
        }
    }

    /// Whether one lost probe is one too many: the fault is a promise that nothing is lost.
    package func promisesNoLoss(timers: SessionTimers) -> Bool {
        if name == .soak { return true }
        if name == .routeServerRestart { return false }
        switch role {
        case .bystander, .someSessions: return true
        case .path, .everyInstance: return false
        case .active, .everySession: break
        }
        switch name {
        case .drain, .withdraw, .prepend: return true
        case .endpointDown: return role == .active
        case .bfdPartition: return expectation(timers: timers) == .stays
        default: return false
        }
    }
}

extension SessionTimers {
    /// The shortest time without a message after which a timer may find a peer gone, beside the gap that is always there.
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
}
