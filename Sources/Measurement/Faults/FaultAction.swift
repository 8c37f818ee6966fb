// SPDX-License-Identifier: MIT-0

/// An action on a target: the vocabulary of all faults, which the injector carries out.
///
/// An action names its object and effect; the handles and sockets are the injector's.
package enum FaultAction: Hashable, Sendable {
    // Processes of an instance or, if the target is a route server, its program.
    /// A signal to the speaker's programs, or to the route server's.
    case signal(ProcessSignal)
    /// SIGKILL to every process of the instance: the speaker first, process 1 last.
    case killInstance
    case waitForEndOfSpeaker
    case waitForEndOfInstance
    /// Stop every process of the instance where it is.
    case stopInstance
    /// Limit the instance to `FaultParameters.cpuShare` of one CPU.
    case limitCPU
    case killRouteServer
    case startRouteServer

    // Links.
    /// Drop everything on the links in both directions, keeping their carrier.
    case stopForwarding
    case takeCarrier
    /// Take the carrier away and give it back `FaultParameters.count` times, once per `FaultParameters.period`.
    case flapCarrier
    /// Delay all packets by `FaultParameters.delay`, plus or minus `FaultParameters.jitter`.
    case delayPackets
    /// Delete the interfaces, which holds the kernel's routing lock for milliseconds.
    case removeInterfaces
    /// Drop chosen packets where they arrive.
    case drop(DroppedPackets)

    // What the speaker announces.
    case withdrawPaths
    /// Announce the same paths with a longer AS path than any standby's, and with GRACEFUL_SHUTDOWN if requested.
    case lengthenPaths
    case waitUntilMoved
    /// Make the daemon read its configuration again.
    case reloadConfiguration

    package enum ProcessSignal: Hashable, Sendable {
        case kill
        case terminate
        case stop
        case resume
    }

    /// Which packets a filter drops.
    package enum DroppedPackets: Hashable, Sendable {
        /// All packets to the target.
        case toTarget
        /// All packets from the target.
        case fromTarget
        /// BGP: TCP port 179, both ways (RFC 4271 section 8).
        case bgp
        /// BFD: UDP port 3784, both ways (RFC 5881 section 4).
        case bfd
        /// Packets to the addresses that the target serves.
        case toServedAddresses
        /// `FaultParameters.lossShare` of all packets, at random.
        case atRandom
    }

    /// What must be opened before the action can be carried out in a few system calls.
    package enum Need: Hashable, Sendable {
        case filters
        /// The control socket of rslab's own speaker.
        case speakerCommands
        case routeServerProcess
        /// A kernel with netem.
        case delay
    }

    /// Nil for what every target has anyway.
    package var need: Need? {
        switch self {
        case .drop: .filters
        case .withdrawPaths, .lengthenPaths, .waitUntilMoved: .speakerCommands
        case .killRouteServer, .startRouteServer: .routeServerProcess
        case .delayPackets: .delay
        case .signal, .killInstance, .waitForEndOfSpeaker, .waitForEndOfInstance, .stopInstance, .limitCPU,
            .stopForwarding, .takeCarrier, .flapCarrier, .removeInterfaces, .reloadConfiguration:
            nil
        }
    }

    /// Whether it is a state of the links, which must be set again if undoing another fault has restored them.
    package var isStateOfLinks: Bool {
        switch self {
        case .stopForwarding, .takeCarrier, .delayPackets, .drop: true
        case .signal, .killInstance, .waitForEndOfSpeaker, .waitForEndOfInstance, .stopInstance, .limitCPU,
            .killRouteServer, .startRouteServer, .flapCarrier, .removeInterfaces, .withdrawPaths, .lengthenPaths,
            .waitUntilMoved, .reloadConfiguration:
            false
        }
    }

    /// Whether it is a state of the instance's processes or announcements.
    ///
    /// It must then be set again if undoing another fault has started or continued them.
    package var isStateOfProcesses: Bool {
        switch self {
        case .signal(.stop), .stopInstance, .limitCPU, .withdrawPaths, .lengthenPaths: true
        case .signal(.kill), .signal(.terminate), .signal(.resume), .killInstance, .waitForEndOfSpeaker,
            .waitForEndOfInstance, .stopForwarding, .takeCarrier, .delayPackets, .drop, .killRouteServer,
            .startRouteServer, .flapCarrier, .removeInterfaces, .waitUntilMoved, .reloadConfiguration:
            false
        }
    }

    /// Whether it needs a running speaker.
    package var needsSpeaker: Bool {
        switch self {
        case .signal, .waitForEndOfSpeaker, .withdrawPaths, .lengthenPaths, .waitUntilMoved, .reloadConfiguration: true
        case .killInstance, .waitForEndOfInstance, .stopInstance, .limitCPU, .killRouteServer, .startRouteServer,
            .stopForwarding, .takeCarrier, .flapCarrier, .delayPackets, .removeInterfaces, .drop:
            false
        }
    }
}

/// An action, and the name of its stamp in the timeline; nil for no stamp of its own.
package struct FaultStep: Hashable, Sendable {
    package var action: FaultAction
    package var note: String?

    init(_ action: FaultAction, note: String? = nil) {
        self.action = action
        self.note = note
    }
}

/// How to undo a fault; repeating it, or undoing a partly injected fault, does no harm.
package enum FaultUndo: Hashable, Sendable {
    /// Boot the instance, whatever is left of it.
    case bootInstance
    case startSpeaker
    /// SIGCONT to the speaker's programs, or to the route server's.
    case continueSpeaker
    /// SIGCONT to every process of the instance; its links forward again.
    case continueInstance
    case removeCPULimit
    case forwardAgain
    case giveCarrierBack
    case removeDelay
    case removeFilters
    case announceAsConfigured
    case startRouteServer
    case nothing

    /// For tables.
    package var words: String {
        switch self {
        case .bootInstance: "boots: links, init, speaker"
        case .startSpeaker: "the speaker is started"
        case .continueSpeaker: "SIGCONT"
        case .continueInstance: "SIGCONT to all, forwards again"
        case .removeCPULimit: "the limit is removed"
        case .forwardAgain: "bridge ports forward again"
        case .giveCarrierBack: "bridge ports up again"
        case .removeDelay: "netem removed at both ends"
        case .removeFilters: "its nf_tables table removed"
        case .announceAsConfigured: "announced as configured"
        case .startRouteServer: "started, if it does not run"
        case .nothing: "nothing"
        }
    }

    /// Whether it starts programs of the target, which the fault therefore ended.
    package var startsPrograms: Bool {
        switch self {
        case .bootInstance, .startSpeaker, .startRouteServer: true
        case .continueSpeaker, .continueInstance, .removeCPULimit, .forwardAgain, .giveCarrierBack, .removeDelay,
            .removeFilters, .announceAsConfigured, .nothing:
            false
        }
    }

    /// Whether it starts or continues processes of the instance, or changes what they announce.
    package var touchesProcesses: Bool {
        switch self {
        case .bootInstance, .startSpeaker, .continueSpeaker, .continueInstance, .announceAsConfigured: true
        case .removeCPULimit, .forwardAgain, .giveCarrierBack, .removeDelay, .removeFilters, .startRouteServer,
            .nothing:
            false
        }
    }

    /// What must be opened beforehand.
    package var need: FaultAction.Need? {
        switch self {
        case .removeFilters: .filters
        case .announceAsConfigured: .speakerCommands
        case .startRouteServer: .routeServerProcess
        case .bootInstance, .startSpeaker, .continueSpeaker, .continueInstance, .removeCPULimit, .forwardAgain,
            .giveCarrierBack, .removeDelay, .nothing:
            nil
        }
    }
}
