// SPDX-License-Identifier: MIT-0

/// Something that is done to a target: the vocabulary of every fault, which the injector carries out.
///
/// An action names what is acted on and how; the handles and sockets are the injector's.
package enum FaultAction: Hashable, Sendable {
    // Processes of an instance; where the target is a route server, its program.
    /// A signal to the programs of the speaker, or to the route server's.
    case signal(ProcessSignal)
    /// SIGKILL to every process of the instance: the speaker first, process 1 last.
    case killInstance
    case waitForEndOfSpeaker
    case waitForEndOfInstance
    /// Every process of the instance stops where it is.
    case stopInstance
    /// The instance gets `FaultParameters.cpuShare` of one processor.
    case limitCPU
    case killRouteServer
    case startRouteServer

    // Links.
    /// The links drop everything in both directions and keep their carrier.
    case stopForwarding
    case takeCarrier
    /// The carrier goes and comes back `FaultParameters.count` times, once each `FaultParameters.period`.
    case flapCarrier
    /// Whatever passes is late by `FaultParameters.delay`, give or take `FaultParameters.jitter`.
    case delayPackets
    /// The interfaces are deleted, which holds the kernel's routing lock for milliseconds.
    case removeInterfaces
    /// Chosen packets are dropped where they arrive.
    case drop(DroppedPackets)

    // What the speaker says.
    case withdrawPaths
    /// The same paths with a longer AS path than any standby's, and with GRACEFUL_SHUTDOWN where that is asked for.
    case lengthenPaths
    case waitUntilMoved
    /// The daemon reads its configuration again.
    case reloadConfiguration

    package enum ProcessSignal: Hashable, Sendable {
        case kill
        case terminate
        case stop
        case resume
    }

    /// Which packets a filter drops.
    package enum DroppedPackets: Hashable, Sendable {
        /// All that is on its way to the target.
        case toTarget
        /// All that comes from it.
        case fromTarget
        /// BGP: TCP port 179, both ways (RFC 4271 section 8).
        case bgp
        /// BFD: UDP port 3784, both ways (RFC 5881 section 4).
        case bfd
        /// What is addressed to the addresses that the target serves.
        case toServedAddresses
        /// By chance, `FaultParameters.lossShare` of all.
        case atRandom
    }

    /// What has to be opened before the action can be carried out in a few system calls.
    package enum Need: Hashable, Sendable {
        case filters
        /// The control socket of rslab's own speaker.
        case speakerCommands
        case routeServerProcess
        /// A kernel with netem.
        case delay
    }

    /// Nil for what every target has at hand.
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

    /// Whether it is a state of the links, which has to be made again where the links were put back for another fault.
    package var isStateOfLinks: Bool {
        switch self {
        case .stopForwarding, .takeCarrier, .delayPackets, .drop: true
        case .signal, .killInstance, .waitForEndOfSpeaker, .waitForEndOfInstance, .stopInstance, .limitCPU,
            .killRouteServer, .startRouteServer, .flapCarrier, .removeInterfaces, .withdrawPaths, .lengthenPaths,
            .waitUntilMoved, .reloadConfiguration:
            false
        }
    }

    /// Whether it is a state of the instance's processes or of what they say, which has to be made again where they were
    /// started or continued for another fault.
    package var isStateOfProcesses: Bool {
        switch self {
        case .signal(.stop), .stopInstance, .limitCPU, .withdrawPaths, .lengthenPaths: true
        case .signal(.kill), .signal(.terminate), .signal(.resume), .killInstance, .waitForEndOfSpeaker,
            .waitForEndOfInstance, .stopForwarding, .takeCarrier, .delayPackets, .drop, .killRouteServer,
            .startRouteServer, .flapCarrier, .removeInterfaces, .waitUntilMoved, .reloadConfiguration:
            false
        }
    }

    /// Whether it needs a speaker that runs.
    package var needsSpeaker: Bool {
        switch self {
        case .signal, .waitForEndOfSpeaker, .withdrawPaths, .lengthenPaths, .waitUntilMoved, .reloadConfiguration: true
        case .killInstance, .waitForEndOfInstance, .stopInstance, .limitCPU, .killRouteServer, .startRouteServer,
            .stopForwarding, .takeCarrier, .flapCarrier, .delayPackets, .removeInterfaces, .drop:
            false
        }
    }
}

/// An action with what its stamp is called in the timeline; nil for no stamp of its own.
package struct FaultStep: Hashable, Sendable {
    package var action: FaultAction
    package var note: String?

    init(_ action: FaultAction, note: String? = nil) {
        self.action = action
        self.note = note
    }
}

/// What takes a fault back; doing it twice, or after a fault that was injected only in part, does no harm.
package enum FaultUndo: Hashable, Sendable {
    /// The instance boots, from whatever is left of it.
    case bootInstance
    case startSpeaker
    /// SIGCONT to the programs of the speaker, or to the route server's.
    case continueSpeaker
    /// SIGCONT to every process of the instance, and its links forward again.
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

    /// Whether it starts or continues processes of the instance, or changes what they announce.
    package var touchesProcesses: Bool {
        switch self {
        case .bootInstance, .startSpeaker, .continueSpeaker, .continueInstance, .announceAsConfigured: true
        case .removeCPULimit, .forwardAgain, .giveCarrierBack, .removeDelay, .removeFilters, .startRouteServer,
            .nothing:
            false
        }
    }

    /// What has to be opened before it.
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
