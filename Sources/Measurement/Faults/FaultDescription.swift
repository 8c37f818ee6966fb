// SPDX-License-Identifier: MIT-0

/// One way to fail, as a value: what is done and undone, what each observer sees, and what the effects may be.
///
/// Lists, the manual's tables, the expected window, the doubts about a trial and the injector all read this; nothing
/// else distinguishes one fault from another. A fault is added in one file, that of its family, with its test.
package struct FaultDescription: Sendable {
    package var name: FaultName
    /// For a table, at most 35 characters: "SIGKILL to all, then interface out".
    package var action: String
    /// The closest case in RFC 7747, as a section; nil if there is none.
    ///
    /// That RFC benchmarks a router; rslab tests a customer of the route server.
    package var rfc7747Section: String?
    /// The kinds of target allowed.
    package var targets: [FaultTarget.Kind]
    /// The default target.
    package var usualTarget: UsualTarget
    /// Which of its target's links it affects.
    package var links: LinkScope
    /// Its parameters and their defaults, apart from `for`, which every fault takes.
    package var parameters: FaultParameters
    /// The actions, in order.
    package var steps: [FaultStep]
    /// Actions for when nothing is timed any more.
    package var aftermath: [FaultAction]
    /// How to undo it.
    package var undo: FaultUndo
    package var sights: Sights
    package var answering: Answering
    package var sessions: SessionEffect
    package var movement: Movement
    /// True if `movement` holds whatever the target is.
    package var movementIgnoresTarget: Bool
    package var promise: Promise
    /// How much it lengthens the gap between two messages of a peer, if that is all that can be noticed.
    package var longestGap: @Sendable (FaultParameters) -> Milliseconds
    /// True if a client may lose probes again after the standby's first answer.
    package var isRepeated: Bool
    /// True if the routes outlive the route server's sessions, because the route server itself ends.
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

    /// All faults, in the order of lists.
    package static let all: [FaultDescription] =
        processFaults + linkFaults + announcementFaults + endpointFaults + impairmentFaults + stallFaults
        + placeFaults + quietFaults

    static let byName = Dictionary(all.map { ($0.name.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
}

extension FaultDescription {
    /// The default target of a fault.
    package enum UsualTarget: Hashable, Sendable {
        case activeInstance
        /// The active instance's availability zone.
        case zoneOfActiveInstance
        /// The first route server of the template.
        case routeServer
    }

    /// Which links a fault affects.
    package enum LinkScope: Hashable, Sendable {
        case ofTarget
        /// For an instance: the link of the first route server endpoint with which it has a session. Otherwise the
        /// target's own.
        case firstEndpoint
        /// The same for all such endpoints.
        case everyEndpoint
    }

    /// Whether the probed address still answers after the fault, until the route has moved.
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

    /// How the traffic must move if the fault falls on the active instance.
    package enum Movement: Hashable, Sendable {
        /// The standby takes over.
        case moves
        case stays
        /// It depends on chance.
        case chance
        /// It moves if BFD is used, otherwise it stays.
        case movesWithBFD
        /// It stays if the longest gap is shorter than every timer's slack; otherwise it depends on chance.
        case staysForShortGap
        /// It stays if the instance has another session.
        case staysWithOtherSession
    }

    /// Whether one lost probe is too many.
    package enum Promise: Hashable, Sendable {
        case none
        case nothingLost
        case nothingLostWhileItStays
    }
}
