// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
package import Measurement
package import WireFormat

/// Takes an instance away, in one of the named ways, and puts it back.
///
/// Everything that takes time (handles, sockets) is had beforehand; `inject` itself is a few system calls, stamped before
/// and after. The lab's state says which fault is in place before it is, so `restore` works for whoever comes next.
package final class FaultInjector {
    /// How long a killed process may take to be gone.
    private static let endTimeout = Duration.seconds(10)

    private let lab: Lab
    private let instance: String
    private let links: InstanceLinks
    private let lossShare: Double
    /// What some faults need, opened before anything is timed.
    private var filters: InstanceFilters?
    private var endpoints: EndpointLinks?
    private var speaker: SpeakerCommands?
    /// The instance's own programs; process 1 of the instance last.
    private var programs: [InitClient.Program] = []
    private var instanceInit: InitClient.Program?

    /// The part of all packets that `loss` takes unless told.
    package static let usualLossShare = 0.2

    package init(instance: String, in lab: Lab, lossShare: Double? = nil) throws {
        self.lab = lab
        self.instance = instance
        self.lossShare = lossShare ?? Self.usualLossShare
        links = try InstanceLinks(of: instance, in: lab)
        instanceInit = try lab.initClient.running().last { $0.name == instance }
        if instanceInit != nil {
            programs = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance)).runningSpeaker()
        }
    }

    /// Injects a fault.
    ///
    /// - Returns: what was done and when, from just before the first step to just after the last.
    package func inject(_ fault: FaultName) throws -> [TraceEvent] {
        try prepare(fault)
        guard let instanceInit, !programs.isEmpty || !fault.needsSpeaker else {
            throw LabError("\(instance) runs nothing that could fail", advice: "run 'rslab restore' first")
        }
        lab.state.fault = ActiveFault(
            name: fault, instance: instance, lossShare: fault == .loss ? lossShare : nil)
        try lab.state.save(lab.directory)
        var steps = StepRecorder(instance: instance)
        steps.begin(fault)
        try carryOut(fault, on: instanceInit, &steps)
        steps.end(fault)
        return steps.events
    }

    /// Opens what the fault needs, and refuses what cannot be done here, before anything is changed.
    private func prepare(_ fault: FaultName) throws {
        switch fault {
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss:
            filters = try InstanceFilters(of: instance, in: lab)
        case .endpointDown, .endpointsDown:
            let links = try EndpointLinks(of: instance, in: lab)
            guard fault == .endpointsDown || links.endpoints.count > 1 else {
                throw LabError(
                    "\(instance) has a session with one endpoint only, so that one failing moves its traffic",
                    advice: "use --fault endpoints-down")
            }
            endpoints = links
        case .withdraw, .prepend, .drain:
            speaker = try SpeakerCommands(of: instance, in: lab)
        case .kill, .powerOff, .shutdown, .crash, .freeze, .terminate, .blackhole, .linkDown, .soak:
            break
        }
    }

    private func carryOut(
        _ fault: FaultName, on instanceInit: InitClient.Program, _ steps: inout StepRecorder
    ) throws {
        switch fault {
        case .kill:
            try kill(instanceInit)
            steps.note("SIGKILL to all processes")
            try waitForEnd(of: instanceInit)
            steps.note("its sockets are closed")
            try links.setForwarding(false)
            steps.note("interface out of subnet")
        case .shutdown:
            try signalPrograms(SIGTERM)
            steps.note("SIGTERM to the speaker")
            for program in programs { try waitForEnd(of: program) }
            steps.note("it has ended")
            try kill(instanceInit)
            try links.setForwarding(false)
            steps.note("interface out of subnet")
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss:
            try filters?.drop(for: fault, lossShare: lossShare)
        case .endpointDown, .endpointsDown:
            try endpoints?.setForwarding(false, ofAll: fault == .endpointsDown)
        case .withdraw:
            try speaker?.withdraw()
        case .prepend:
            try speaker?.prepend()
        case .drain:
            try speaker?.prepend()
            steps.note("announced with a longer AS path")
            try speaker?.waitUntilMoved()
            steps.note("another instance is active")
            try signalPrograms(SIGTERM)
        case .soak:
            break
        case .powerOff:
            try links.setForwarding(false)
            steps.note("interface out of subnet")
            try kill(instanceInit)
            steps.note("SIGKILL to all processes")
        case .crash:
            try signalPrograms(SIGKILL)
        case .terminate:
            try signalPrograms(SIGTERM)
        case .freeze:
            try signalPrograms(SIGSTOP)
        case .blackhole:
            try links.setForwarding(false)
        case .linkDown:
            try links.setCarrier(false)
        }
    }

    /// What is not timed and would only disturb: deleting a link takes the kernel's routing lock for milliseconds.
    package func settle(_ fault: FaultName) throws {
        guard fault == .kill || fault == .powerOff || fault == .shutdown else { return }
        try links.remove()
    }

    /// Puts the instance back as it was.
    ///
    /// - Returns: the stamps of before and after.
    package func restore(_ fault: FaultName, waitingIn feed: EventFeed, deadline: Instant) throws -> [TraceEvent] {
        var steps = StepRecorder(instance: instance)
        // `restore` may come with a process of its own, which prepared nothing.
        if fault != .drain { try prepare(fault) }
        steps.beginRestoring(fault)
        switch fault {
        case .kill, .powerOff, .shutdown: try boot(waitingIn: feed, deadline: deadline)
        case .crash, .terminate, .drain: try startSpeakerAgain(waitingIn: feed, deadline: deadline)
        case .freeze: try signalPrograms(SIGCONT)
        case .blackhole: try links.setForwarding(true)
        case .linkDown: try links.setCarrier(true)
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss: try filters?.removeAll()
        case .endpointDown, .endpointsDown: try endpoints?.setForwarding(true, ofAll: true)
        case .withdraw, .prepend: try speaker?.announceAsConfigured()
        case .soak: break
        }
        steps.endRestoring(fault)
        lab.state.fault = nil
        try lab.state.save(lab.directory)
        return steps.events
    }

    // MARK: Steps

    /// Programs first, process 1 last: the sockets that matter are closed without waiting for a PID namespace to be torn down.
    private func kill(_ instanceInit: InitClient.Program) throws {
        try signalPrograms(SIGKILL)
        try instanceInit.handle.send(signal: SIGKILL)
    }

    private func signalPrograms(_ signal: Int32) throws {
        for program in programs {
            try program.handle.send(signal: signal)
        }
    }

    /// A process ends, for whoever waits, after its descriptors are closed; process 1 after all others of its namespace.
    private func waitForEnd(of program: InitClient.Program) throws {
        guard try program.handle.waitForEnd(until: .now + Self.endTimeout) else {
            throw LabError("\(program.name) does not end", advice: "run 'rslab down'")
        }
    }

    /// From whatever is left of it: nothing, half of it, or all.
    private func boot(waitingIn feed: EventFeed, deadline: Instant) throws {
        if let instanceInit {
            try kill(instanceInit)
            try waitForEnd(of: instanceInit)
        }
        try links.remove()
        try links.makeAgain()
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        instanceInit = try starter.startInstance(instance, by: lab.initClient)
        try lab.responders?.start(on: instance)
        try startSpeakerAgain(waitingIn: feed, deadline: deadline)
    }

    private func startSpeakerAgain(waitingIn feed: EventFeed, deadline: Instant) throws {
        guard let speaker = lab.state.speakers.first(where: { $0.instance == instance }) else { return }
        let client = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance))
        for program in try client.runningSpeaker() {
            // A speaker that was told to end may still be at it.
            try program.handle.send(signal: SIGKILL)
            try waitForEnd(of: program)
        }
        try feed.listen(to: client, node: instance)
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        try InstanceSpeakerStart(programs: starter, options: lab.state.options, feed: feed, deadline: deadline)
            .start(speaker, by: client)
        programs = try client.runningSpeaker()
    }
}

/// The stamps of a fault, step by step.
private struct StepRecorder {
    let instance: String
    var events: [TraceEvent] = []

    init(instance: String) {
        self.instance = instance
    }

    private mutating func add(_ kind: TraceEvent.Kind, _ detail: String) {
        events.append(TraceEvent(at: .now, node: "rslab", kind: kind, instance: instance, detail: detail))
    }

    mutating func begin(_ fault: FaultName) { add(.faultInjecting, fault.rawValue) }
    mutating func note(_ text: String) { add(.faultStep, text) }
    mutating func end(_ fault: FaultName) { add(.faultInjected, fault.rawValue) }
    mutating func beginRestoring(_ fault: FaultName) { add(.restoring, fault.rawValue) }
    mutating func endRestoring(_ fault: FaultName) { add(.restored, fault.rawValue) }
}

extension FaultName {
    /// Whether it is about the instance's processes rather than its links.
    var needsSpeaker: Bool {
        switch self {
        case .shutdown, .crash, .freeze, .terminate, .withdraw, .prepend, .drain: true
        case .kill, .powerOff, .blackhole, .onewayIn, .onewayOut, .linkDown, .bgpPartition, .bfdPartition,
            .endpointDown, .endpointsDown, .loss, .grey, .soak:
            false
        }
    }
}
