// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS's persist routes: what becomes of the routes when the last session has ended.
///
/// With it, FIB and RIB stay as they were when the last session ended, for as long as there is none, and then until
/// `durationMinutes` after the first one came back. What arrives meanwhile is learned apart and takes their place at the
/// end of that time: that is assumed, as AWS only says that the device relearns its network and advertises it in that time.
package struct PersistRoutes: Hashable, Sendable, Codable {
    /// What disabling does to routes that are persisted already, which AWS does not say.
    package enum DisablePolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// They stay until the time is over or `reset`: assumed, as `reset` would not be needed otherwise.
        case keep
        /// They are dropped at once.
        case drop
    }

    package var isEnabled: Bool
    /// How long after the first session is back persisted routes are given up.
    package var durationMinutes: Int
    /// How many times faster than on a clock these minutes pass.
    package var timeScale: Double
    package var whenDisabled: DisablePolicy

    /// What AWS accepts as a duration.
    package static let durationMinutes = 1...5

    package init(
        isEnabled: Bool = false, durationMinutes: Int = 1, timeScale: Double = 1, whenDisabled: DisablePolicy = .keep
    ) {
        self.isEnabled = isEnabled
        self.durationMinutes = durationMinutes
        self.timeScale = timeScale
        self.whenDisabled = whenDisabled
    }

    /// The duration on our clock.
    var duration: Duration { .seconds(60 * durationMinutes) / timeScale }

    /// What ModifyRouteServer can be told.
    package enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        case enable, disable
        /// Persisted routes are withdrawn now; nothing happens where there are none.
        case reset
    }

    /// AWS's PersistRoutesState.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case enabling, enabled, resetting, disabling, disabled, modifying
    }
}

/// Routes began to be persisted, or ceased to be.
package struct PersistenceChange: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// The last session ended: FIB and RIB stay as they are.
        case persisted
        /// The first session is back: they go at this time.
        case unpersisting(at: Instant)
        /// They last on, as there is no session again.
        case persistedFurther
        /// They are gone; what was learned meanwhile has taken their place.
        case unpersisted(BestPathChange.Cause)
    }

    package var kind: Kind
    /// When it happened.
    package var at: Instant

    package var description: String {
        switch kind {
        case .persisted: "the last session ended: routes are persisted"
        case .unpersisting(let deadline): "a session is back: persisted routes are given up in \(deadline - at)"
        case .persistedFurther: "no session is left again: routes stay persisted"
        case .unpersisted(let cause): "\(cause)"
        }
    }
}
