// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
package import LinuxSystem
internal import Measurement
internal import VPC
package import WireFormat

/// Another rslab has begun to build a lab of the same name at the same moment.
package struct LabNameTaken: Error, Hashable, Sendable, CustomStringConvertible {
    package var name: String

    package var description: String { "another rslab builds a lab '\(name)'; choose another name with --name" }
}

/// Builds a lab, from nothing to ready.
///
/// One undo serves for every step: as long as the lifeline is held here, letting go of it ends the lab's init, and with
/// it the kernel removes every process, link and route of the lab. That holds for a failure, for Ctrl-C, and for this
/// process being killed.
package final class Deployment {
    /// The stages of building a lab, in order.
    package enum Phase: String, CaseIterable, Sendable, Codable {
        case namespaces, links, addresses, programs, sessions, routes, ping

        /// For a progress line.
        package var text: String {
            switch self {
            case .namespaces: "making network namespaces"
            case .links: "making links"
            case .addresses: "setting addresses, routes and rules"
            case .programs: "starting programs"
            case .sessions: "waiting for BGP sessions to be Established"
            case .routes: "waiting for the floating IP's routes"
            case .ping: "waiting for the floating IP to answer"
            }
        }
    }

    /// How long each phase took.
    package struct PhaseTime: Hashable, Sendable, Codable {
        package var phase: Phase
        package var duration: Duration
    }

    private let blueprint: LabBlueprint
    private let directory: RunDirectory
    private let plan: LabPlan
    private let feed: EventFeed
    private let onPhase: (Phase) -> Void
    private var phaseStart: Instant
    private var currentPhase: Phase?
    package private(set) var phases: [PhaseTime] = []
    /// When the first program of a node began to run; it was loaded before.
    package private(set) var programsStarted: Instant = .zero

    package init(
        _ blueprint: LabBlueprint, name: String, interruption: Interruption?, onPhase: @escaping (Phase) -> Void
    ) throws(SystemError) {
        self.blueprint = blueprint
        directory = RunDirectory(labName: name)
        var plan = LabPlan(model: blueprint.model)
        plan.name = name
        self.plan = plan
        feed = try EventFeed(interruption: interruption)
        self.onPhase = onPhase
        phaseStart = .now
    }

    /// Builds the lab and waits until it is ready.
    ///
    /// The lab ends with this process unless `keep` is true.
    /// - Throws: if it cannot be built; nothing is left of it then.
    package func run(keep: Bool, readyWithin limit: Duration) throws -> Lab {
        let executables = try NodePrograms.Executables.find()
        try directory.requireTrust()
        do throws(SystemError) {
            try directory.create()
        } catch {
            if error.code == EEXIST { throw LabNameTaken(name: directory.labName) }
            throw explained(error)
        }
        guard let lock = try LabLock.take(directory) else {
            throw LabError("the lab's directory vanished while it was made", advice: "try again")
        }
        do {
            let lab = try build(executables, deadline: .now + limit)
            lab.lock = lock
            lab.state.isReady = true
            try lab.state.save(directory)
            if keep { try lab.commit() }
            return lab
        } catch {
            do {
                try removeRemains()
            } catch let second {
                throw LabError(
                    "\(error); and what was built could not be removed: \(second)", advice: "run 'rslab down'")
            }
            guard let error = error as? SystemError else { throw error }
            throw explained(error)
        }
    }

    private func explained(_ error: SystemError) -> LabError {
        let advice: String? =
            switch error.code {
            case ENOENT where error.subject.contains("net/ipv6"):
                "the template's subnets have IPv6 blocks, and this kernel has no IPv6: boot it without ipv6.disable=1"
            case EPERM, EACCES: "run rslab as root (with sudo); in a container, with CAP_SYS_ADMIN and CAP_NET_ADMIN"
            case EOPNOTSUPP:
                "this kernel lacks something that rslab needs: veth, bridge and policy routing (CONFIG_VETH, CONFIG_BRIDGE, CONFIG_IP_MULTIPLE_TABLES)"
            case EINVAL, ENOSYS, ENOSPC, EROFS, ENODEV, EAFNOSUPPORT, EPROTONOSUPPORT:
                "run 'rslab doctor', which tries everything that a lab needs of this kernel"
            default: nil
            }
        return LabError("cannot build the lab", because: error, advice: advice)
    }

    /// The init's process, for the undo.
    private var initProcess: ProcessIdentity?

    private func removeRemains() throws {
        try directory.markRemoval()
        // The lab object and its lifeline are gone by now: the init is ending.
        if let process = try initProcess?.hold() {
            try process.send(signal: SIGKILL)
            _ = try process.waitForEnd(until: .now + .seconds(10))
        }
        try directory.remove()
    }

    private func enter(_ phase: Phase?) {
        let now = Instant.now
        if let currentPhase { phases.append(PhaseTime(phase: currentPhase, duration: now - phaseStart)) }
        phaseStart = now
        currentPhase = phase
        if let phase { onPhase(phase) }
    }

    // MARK: Steps

    private func build(_ executables: NodePrograms.Executables, deadline: Instant) throws -> Lab {
        enter(.namespaces)
        let lab = try startLab(executables)
        var builder = TopologyBuilder(plan: plan)
        try builder.makeNamespaces()
        enter(.links)
        let namespaces = builder.namespaces
        // The lab's init loads the programs meanwhile.
        let programs = try ProgramStart(
            blueprint, NodePrograms(directory: directory, executables: executables), by: lab.initClient,
            in: plan.namespaces.compactMap { namespaces[$0.name] })
        // The rules name ports by the plan's indices, so they are in place before any port exists and apply to its
        // first packet.
        let filters = InterfaceFilters(LabLayout(blueprint, plan: plan))
        try DedicatedThread.perform(
            { try filters.enforce(in: namespaces) },
            alongside: {
                try builder.makeLinks()
                enter(.addresses)
                try builder.makeAddressesAndRoutes()
                try builder.makeForwarding()
                try builder.makeTranslations()
            })
        enter(.programs)
        try installCommands(of: lab, executables)
        programsStarted = .now
        try programs.begin(of: lab, feed: feed, deadline: deadline)
        enter(.sessions)
        let readiness = Readiness(lab: lab, feed: feed, deadline: deadline)
        try readiness.waitForSessions()
        try readiness.waitForBFD()
        enter(.routes)
        try readiness.waitForRoutes()
        enter(.ping)
        try readiness.waitForPing()
        enter(nil)
        return lab
    }

    /// Starts the lab's init in namespaces of its own, and makes the lifeline that undoes everything.
    private func startLab(_ executables: NodePrograms.Executables) throws -> Lab {
        let outer = try NetworkNamespace.create(name: "lab")
        let socket = try MessageChannel.listener(at: directory.initSocket)
        let lifeline = try DescriptorPair.pipe()
        let log = try OwnedDescriptor(
            opening: directory.logFile("init"), flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        var child = ChildProcess(
            executable: executables.node, arguments: ["init", "lab", directory.namespaceDirectory],
            environment: NodePrograms.environment)
        child.networkNamespace = outer.descriptor.rawValue
        child.newPIDNamespace = true
        child.newMountNamespace = true
        child.newUTSNamespace = true
        child.newSession = true
        child.directory = "/"
        child.hostName = plan.name
        child.standardDescriptors = [nil, log.rawValue, log.rawValue]
        child.extraDescriptors = [socket.rawValue, lifeline.near.rawValue]
        let started = try child.start()
        let identity = try ProcessIdentity(of: started.processID)
        initProcess = identity
        let state = LabState(
            name: plan.name, version: blueprint.version, request: blueprint.request, model: blueprint.model,
            options: blueprint.options, speakers: blueprint.speakers, initProcess: identity, isReady: false)
        try state.save(directory)
        return Lab(
            directory: directory, state: state, plan: plan,
            initClient: try InitClient(connectingTo: directory.initSocket), lifeline: try lifeline.far.duplicate())
    }

    /// Installs `gobgp` and the sample's files, for shells inside instances.
    private func installCommands(of lab: Lab, _ executables: NodePrograms.Executables) throws {
        for speaker in blueprint.speakers {
            try replaceFile(
                directory.gobgpdConfiguration(speaker.instance), with: Array(speaker.configurationText.utf8),
                mode: 0o644)
        }
        // The sample's commands begin with sudo. A machine whose user is root may have none, and a real one replaces the
        // environment.
        let commands: [String] =
            switch blueprint.options.speaker {
            case .builtin: ["gobgp", "sudo"]
            // Debian's gobgp asks its daemon by TCP.
            case .gobgpd: ["sudo"]
            case .bird: ["birdc", "birdcl", "sudo"]
            case .frr: ["vtysh", "sudo"]
            }
        for command in commands {
            let link = "\(directory.commandDirectory)/\(command)"
            _ = try systemCall("link", link) { symlink(executables.rslab, link) }
        }
    }
}
