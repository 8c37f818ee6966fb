// SPDX-License-Identifier: MIT-0

/// A way to fail as one value: what is done and undone, what each observer sees of it, and what may come of it.
///
/// Lists, the manual's tables, the expected window, the doubts about a trial and the injector all read this; nothing else
/// knows one fault from another. A fault is added in one file, that of its family, and tested beside it.
package struct FaultDescription: Sendable {
    package var name: FaultName
    /// For a table, at most 35 characters: "SIGKILL to all, then interface out".
    package var action: String
    /// The case of RFC 7747 that comes nearest, as a section; nil where there is none.
    ///
    /// That RFC benchmarks a router, and rslab a customer of the route server.
    package var rfc7747Section: String?
    /// What it may fall on.
    package var targets: [FaultTarget.Kind]
    /// What it falls on unless the user names a target.
    package var usualTarget: UsualTarget
    /// Which of its target's links it takes.
    package var links: LinkScope
    /// The parameters that it takes besides `for`, which every fault takes, with their usual values.
    package var parameters: FaultParameters
    /// What is done, in order.
    package var steps: [FaultStep]
    /// What is done once nothing is timed any more.
    package var aftermath: [FaultAction]
    /// What takes it back.
    package var undo: FaultUndo
    package var sights: Sights
    package var answering: Answering
    package var sessions: SessionEffect
    package var movement: Movement
    /// True where `movement` holds whatever the fault falls on.
    package var movementIgnoresTarget: Bool
    package var promise: Promise
    /// By how much it makes the gap between two messages of a peer longer, where that is all that anyone notices of it.
    package var longestGap: @Sendable (FaultParameters) -> Milliseconds
    /// True where a client may lose probes again after the standby's first answer.
    package var isRepeated: Bool
    /// True where the routes outlive the route server's sessions, because the route server itself is what ends.
    package var keepsRoutes: Bool

    init(
        _ name: FaultName, _ action: String, rfc7747 section: String? = nil, targets: [FaultTarget.Kind] = [.instance],
        usualTarget: UsualTarget = .activeInstance, links: LinkScope = .ofTarget,
        parameters: FaultParameters = FaultParameters(), steps: [FaultStep],
        aftermath: [FaultAction] = [], undo: FaultUndo, sights: Sights, answering: Answering,
        sessions: SessionEffect, movement: Movement, movementIgnoresTarget: Bool = false, promise: Promise = .none,
        longestGap: @escaping @Sendable (FaultParameters) -> Milliseconds = { _ in .zero }, isRepeated: Bool = false,
        keepsRoutes: Bool = false
    ) {
        self.name = name
        self.action = action
        rfc7747Section = section
        self.targets = targets
        self.usualTarget = usualTarget
        self.links = links
        self.parameters = parameters
        self.steps = steps
        self.aftermath = aftermath
        self.undo = undo
        self.sights = sights
        self.answering = answering
        self.sessions = sessions
        self.movement = movement
        self.movementIgnoresTarget = movementIgnoresTarget
        self.promise = promise
        self.longestGap = longestGap
        self.isRepeated = isRepeated
        self.keepsRoutes = keepsRoutes
    }

    /// Every fault, in the order in which lists show them.
    package static let all: [FaultDescription] =
        processFaults + linkFaults + announcementFaults + endpointFaults + impairmentFaults + stallFaults
        + placeFaults + quietFaults

    static let byName = Dictionary(all.map { ($0.name.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
}

extension FaultDescription {
    /// What a fault falls on unless the user names a target.
    package enum UsualTarget: Hashable, Sendable {
        case activeInstance
        /// The availability zone of the active instance.
        case zoneOfActiveInstance
        /// The first route server of the template.
        case routeServer
    }

    /// Which links a fault takes.
    package enum LinkScope: Hashable, Sendable {
        case ofTarget
        /// Of an instance: the link of the first route server endpoint that it has a session with. Of all else: its own.
        case firstEndpoint
        /// The same of all such endpoints.
        case everyEndpoint
    }

    /// Whether the address that is probed is still answered from the fault on, until the route has moved.
    package enum Answering: String, Hashable, Sendable, Codable, CaseIterable {
        case yes
        case no
        /// The kernel of a killed instance answers until its address is gone.
        case briefly
        case mostly
        case atTimes = "at times"
        case late

        /// For tables.
        package var words: String { rawValue }
    }

    /// Which of the active instance's sessions must end, sooner or later.
    package enum SessionEffect: Hashable, Sendable {
        case every
        case one
        case none
    }

    /// What the traffic must do when the fault falls on the active instance.
    package enum Movement: Hashable, Sendable {
        /// The standby takes over.
        case moves
        case stays
        /// Chance decides.
        case chance
        /// It moves where BFD is spoken, and stays where it is not.
        case movesWithBFD
        /// It stays as long as the longest gap is shorter than every timer's slack; else chance decides.
        case staysForShortGap
        /// It stays as long as the instance has another session.
        case staysWithOtherSession
    }

    /// Whether one lost probe is one too many.
    package enum Promise: Hashable, Sendable {
        case none
        case nothingLost
        case nothingLostWhileItStays
    }
}
