// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// AWS's persist routes: what happens to the routes when the last session ends.
///
/// If enabled, FIB and RIB stay as they were when the last session ended, while there is no session and until
/// `durationMinutes` after the first one has returned. Routes received meanwhile are learned separately and replace
/// them at the end of that time. That is assumed: AWS only says that the device relearns its network and advertises it
/// in that time.
package struct PersistRoutes: Hashable, Sendable, Codable {
    /// What disabling does to routes already persisted, which AWS does not document.
    package enum DisablePolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// They stay until the time is over or until `reset`: assumed, since `reset` would otherwise not be needed.
        case keep
        /// They are dropped at once.
        case drop
    }

    package var isEnabled: Bool
    /// How long after the first session's return persisted routes are given up.
    package var durationMinutes: Int
    /// How many times faster than real time these minutes pass.
    package var timeScale: Double
    package var whenDisabled: DisablePolicy

    /// The durations that AWS accepts.
    package static let durationMinutes = 1...5

    package init(
        isEnabled: Bool = false, durationMinutes: Int = 1, timeScale: Double = 1, whenDisabled: DisablePolicy = .keep
    ) {
        self.isEnabled = isEnabled
        self.durationMinutes = durationMinutes
        self.timeScale = timeScale
        self.whenDisabled = whenDisabled
    }

    /// The duration in real time.
    var duration: Duration { .seconds(60 * durationMinutes) / timeScale }

    /// What ModifyRouteServer accepts.
    package enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        case enable, disable
        /// Persisted routes are withdrawn now; without any, nothing happens.
        case reset
    }

    /// AWS's PersistRoutesState.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case enabling, enabled, resetting, disabling, disabled, modifying
    }
}

/// Persisting of routes began or ended.
package struct PersistenceChange: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The last session ended: FIB and RIB stay as they are.
        case persisted
        /// The first session is back: the persisted routes are given up at this time.
        case unpersisting(at: Instant)
        /// No session is left again, so they stay.
        case persistedFurther
        /// They are given up; routes learned meanwhile have replaced them.
        case unpersisted(RouteCause)
    }

    package var kind: Kind
    /// When it happened.
    package var at: Instant
}
