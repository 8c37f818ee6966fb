// SPDX-License-Identifier: MIT-0
import BGP
import Causes
package import WireFormat

/// The state of persisted routes.
struct Persistence: Sendable {
    /// A change of the settings that takes time.
    struct Modification: Sendable {
        var action: PersistRoutes.Action?
        var durationMinutes: Int?
        var isNotifyingSNS: Bool?
        /// The PersistRoutesState meanwhile.
        var state: PersistRoutes.State?
        var due: Instant
    }

    /// The settings in force; `isEnabled` and `durationMinutes` change.
    var settings: PersistRoutes
    /// While routes are persisted: the RIB that will replace theirs.
    var relearned: LearnedRoutes?
    /// While routes are persisted: when the first session came back.
    var firstSessionAt: Instant?
    var modification: Modification?

    init(_ settings: PersistRoutes) {
        self.settings = settings
    }

    var isEnabled: Bool { settings.isEnabled }

    /// When persisted routes are given up.
    var deadline: Instant? { firstSessionAt.map { $0 + settings.duration } }

    var state: PersistRoutes.State {
        modification?.state ?? (settings.isEnabled ? .enabled : .disabled)
    }
}

extension RouteServerMachine {
    /// Whether FIB and RIB are those of when the last session ended.
    package var areRoutesPersisted: Bool { persistence.relearned != nil }

    // MARK: Time

    /// When to call `timeReached`; nil if nothing is pending.
    package var nextDeadline: Instant? {
        var deadline = schedule.nextDeadline
        for other in [persistence.deadline, persistence.modification?.due] {
            if let other { deadline = min(deadline ?? other, other) }
        }
        return deadline
    }

    /// Does everything that is due by now, in the order of the deadlines.
    package mutating func timeReached(at now: Instant) {
        while let deadline = nextDeadline, deadline <= now {
            if persistence.modification?.due == deadline {
                finishModification(at: now)
            } else if persistence.deadline == deadline {
                unpersist(cause: .persistenceOver, at: now)
            } else {
                installNextDue(at: now)
            }
        }
    }

    // MARK: Sessions

    /// The last session has ended: RIB and FIB stay as they are.
    mutating func persist(at now: Instant) {
        persistence.relearned = emptyRIB()
        tell(.persisted, at: now)
    }

    /// A session is back; the first one starts the remaining time of persisted routes.
    mutating func noteSessionWhilePersisted(at now: Instant) {
        guard persistence.firstSessionAt == nil else { return }
        persistence.firstSessionAt = now
        if let deadline = persistence.deadline {
            tell(.unpersisting(at: deadline), at: now)
        }
    }

    /// A session that came back has ended again; if it was the last one, routes stay persisted.
    mutating func forgetRelearned(source: RoutingTable.SourceID, isLast: Bool, at now: Instant) {
        for prefix in persistence.relearned?.startRemoval(source: source) ?? [] {
            _ = persistence.relearned?.removeNext(prefix, source: source)
        }
        guard isLast else { return }
        if persistence.isEnabled {
            persistence.firstSessionAt = nil
            tell(.persistedFurther, at: now)
        } else {
            unpersist(cause: .persistenceDisabled, at: now)
        }
    }

    /// Routes learned since the last session ended replace the persisted ones.
    private mutating func unpersist(cause: RouteCause, at now: Instant) {
        guard let relearned = persistence.relearned else { return }
        let former = routes.table
        routes = relearned
        persistence.relearned = nil
        persistence.firstSessionAt = nil
        tell(.unpersisted(cause), at: now)
        let prefixes = Set(former.sortedPrefixes() + routes.table.sortedPrefixes()).sorted()
        for prefix in prefixes {
            successions.updateValue(former.best(prefix), forKey: prefix)
        }
        for prefix in prefixes {
            successions[prefix] = nil
            let previous = former.best(prefix)
            let current = routes.table.best(prefix)
            guard previous?.source != current?.source || previous?.attributes != current?.attributes else { continue }
            follow(
                RoutingTable.BestChange(
                    prefix: prefix, previous: previous, current: current, reason: routes.table.reason(prefix)),
                cause: cause, at: now)
        }
        hastenFailbacks(at: now)
    }

    private mutating func tell(_ kind: PersistenceChange.Kind, at now: Instant) {
        emit(.persistenceChanged(PersistenceChange(kind: kind, at: now)))
    }

    // MARK: ModifyRouteServer

    /// Changes the settings that AWS lets you change; nil leaves one unchanged.
    ///
    /// `reset` does not change whether persist routes is enabled. A new duration also applies to a wait in progress.
    /// Both are assumed.
    package mutating func modify(
        persistRoutes action: PersistRoutes.Action? = nil, durationMinutes: Int? = nil, isNotifyingSNS: Bool? = nil,
        at now: Instant
    ) throws(RouteServerRefusal) {
        guard objects.state == .available, persistence.modification == nil else {
            throw .incorrectState(configuration.resourceID, state: state.rawValue)
        }
        if let durationMinutes, !PersistRoutes.durationMinutes.contains(durationMinutes) {
            throw .invalidParameterValue("PersistRoutesDuration is 1 to 5 minutes, not \(durationMinutes)")
        }
        if action == .enable, durationMinutes == nil {
            throw .missingParameter("PersistRoutesDuration must be given when persist routes is enabled")
        }
        persistence.modification = Persistence.Modification(
            action: action, durationMinutes: durationMinutes, isNotifyingSNS: isNotifyingSNS,
            state: transitionalState(action, durationMinutes), due: now + configuration.delays.modification)
        timeReached(at: now)
    }

    private func transitionalState(_ action: PersistRoutes.Action?, _ durationMinutes: Int?) -> PersistRoutes.State? {
        switch action {
        case .enable where !persistence.isEnabled: .enabling
        case .disable where persistence.isEnabled: .disabling
        case .reset: .resetting
        default: durationMinutes == nil || action == .disable || !persistence.isEnabled ? nil : .modifying
        }
    }

    private mutating func finishModification(at now: Instant) {
        guard let modification = persistence.modification else { return }
        persistence.modification = nil
        if let minutes = modification.durationMinutes {
            persistence.settings.durationMinutes = minutes
        }
        if let isNotifyingSNS = modification.isNotifyingSNS {
            objects.isNotifyingSNS = isNotifyingSNS
        }
        switch modification.action {
        case .enable: persistence.settings.isEnabled = true
        case .disable:
            persistence.settings.isEnabled = false
            if persistence.settings.whenDisabled == .drop {
                unpersist(cause: .persistenceDisabled, at: now)
            }
        case .reset: unpersist(cause: .persistenceReset, at: now)
        case nil: break
        }
    }

    /// The state of the route server itself.
    package var state: RouteServerObjectState {
        objects.state == .available && persistence.modification != nil ? .modifying : objects.state
    }
}
