// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
package import WireFormat

/// Has a target fail, in one of the named ways, and puts it back.
///
/// Everything that takes time (handles, sockets) is had beforehand; `inject` itself is a few system calls, stamped before
/// and after. The lab's state says which fault is in place before it is, so `restore` works for whoever comes next.
package final class FaultInjector {
    private let lab: Lab
    private let placement: FaultPlacement
    /// As the lab's state has it; nil before the fault is injected.
    private(set) var active: ActiveFault?
    /// What some faults need, opened before anything is timed.
    private var links: TargetLinks?
    private var filters: TargetFilters?
    private var processes: InstanceProcesses?
    private var routeServer: RouteServerProcess?
    private var speaker: SpeakerCommands?

    private var name: FaultName { placement.name }

    /// A fault that is to be injected.
    package init(_ placement: FaultPlacement, in lab: Lab) throws {
        self.lab = lab
        self.placement = placement
        if let instance = placement.instance { processes = try InstanceProcesses(of: instance, in: lab) }
        links = try TargetLinks(placement.cables, in: lab)
    }

    /// A fault that is in place, whoever injected it.
    package convenience init(restoring active: ActiveFault, in lab: Lab) throws {
        try self.init(FaultPlacement(active, in: lab.layout), in: lab)
        self.active = active
    }

    /// Injects the fault.
    ///
    /// What takes its time (`flap`, `drain`) waits in `feed`, so that whoever measures meanwhile is heard.
    /// - Returns: what was done and when, from just before the first step to just after the last.
    package func inject(waitingIn feed: EventFeed) throws -> [TraceEvent] {
        if active == nil { try arm() }
        var steps = StepRecorder(placement)
        steps.add(.faultInjecting, name.rawValue)
        try carryOut(&steps, waitingIn: feed)
        steps.add(.faultInjected, name.rawValue)
        return steps.events
    }

    /// Does all that comes before a fault and takes time: opens what it needs, and writes it into the lab's state.
    package func arm() throws {
        let number = (lab.state.faults.map(\.number).max() ?? 0) + 1
        try prepare(number: number)
        try processes?.requireRunning(speaker: name.needsSpeaker)
        let fault = ActiveFault(
            number: number, name: name, target: placement.target, parameters: placement.parameters)
        active = fault
        lab.state.faults.append(fault)
        try lab.state.save(lab.directory)
    }

    /// Opens what the fault needs, and refuses what cannot be done here, before anything is changed.
    private func prepare(number: Int) throws {
        switch name {
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss:
            filters = try TargetFilters(placement.cables, number: number, in: lab)
        case .withdraw, .prepend, .drain:
            speaker = try SpeakerCommands(of: placement.target.name, in: lab)
        case .routeServerRestart, .freeze:
            guard placement.target.kind == .routeServer else { return }
            routeServer = try RouteServerProcess(placement.target.name, in: lab)
        case .delay, .jitter: try TargetLinks.requireDelay()
        case .kill, .powerOff, .shutdown, .crash, .terminate, .blackhole, .linkDown, .endpointDown, .endpointsDown,
            .flap, .azDown, .soak:
            break
        }
    }

    private func carryOut(_ steps: inout StepRecorder, waitingIn feed: EventFeed) throws {
        switch name {
        case .kill:
            try processes?.kill()
            steps.note("SIGKILL to all processes")
            try processes?.waitForEnd()
            steps.note("its sockets are closed")
            try links?.setForwarding(false)
            steps.note("interface out of subnet")
        case .shutdown:
            try processes?.signalPrograms(SIGTERM)
            steps.note("SIGTERM to the speaker")
            try processes?.waitForEndOfPrograms()
            steps.note("it has ended")
            try processes?.kill()
            try links?.setForwarding(false)
            steps.note("interface out of subnet")
        case .powerOff:
            try links?.setForwarding(false)
            steps.note("interface out of subnet")
            try processes?.kill()
            steps.note("SIGKILL to all processes")
        case .crash: try processes?.signalPrograms(SIGKILL)
        case .terminate: try processes?.signalPrograms(SIGTERM)
        case .freeze: try signalPrograms(SIGSTOP)
        case .withdraw: try speaker?.withdraw()
        case .prepend: try speaker?.prepend()
        case .drain: try drain(&steps, waitingIn: feed)
        case .routeServerRestart:
            try routeServer?.kill()
            steps.note("SIGKILL to the route server; its sockets are closed")
            try routeServer?.start(waitingIn: feed)
            steps.note("it runs again")
        case .flap: try flap(&steps, waitingIn: feed)
        case .blackhole, .linkDown, .endpointDown, .endpointsDown, .azDown, .delay, .jitter, .onewayIn, .onewayOut,
            .bgpPartition, .bfdPartition, .grey, .loss:
            try takeLinks()
        case .soak: break
        }
    }

    /// Puts the links as the fault has them; doing it once more changes nothing.
    private func takeLinks() throws {
        switch name {
        case .kill, .shutdown, .powerOff, .blackhole, .endpointDown, .endpointsDown, .azDown:
            try links?.setForwarding(false)
        case .linkDown: try links?.setCarrier(false)
        case .delay, .jitter: try links?.setDelay(placement.parameters)
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss:
            try filters?.drop(for: name, placement.parameters)
        case .crash, .terminate, .freeze, .withdraw, .prepend, .drain, .routeServerRestart, .flap, .soak: break
        }
    }

    private func drain(_ steps: inout StepRecorder, waitingIn feed: EventFeed) throws {
        let isGraceful = placement.parameters.gracefulShutdown ?? false
        try speaker?.prepend(gracefulShutdown: isGraceful)
        steps.note(
            isGraceful ? "announced with a longer AS path and GRACEFUL_SHUTDOWN" : "announced with a longer AS path")
        try speaker?.waitUntilMoved(in: feed)
        steps.note("another instance is active")
        try processes?.signalPrograms(SIGTERM)
    }

    /// The last time the carrier is back, the fault is over.
    private func flap(_ steps: inout StepRecorder, waitingIn feed: EventFeed) throws {
        let count = placement.parameters.count ?? 1
        let half = Fault(name, parameters: placement.parameters).downTime.duration
        let start = Instant.now
        for number in 0..<count {
            // By the clock and not one after the other: what a change takes does not add up.
            let down = start + .nanoseconds(Int64(2 * number) * half.nanoseconds)
            if number > 0 { _ = try feed.wait(until: down) { false } }
            try links?.setCarrier(false)
            steps.note("carrier gone, \(number + 1) of \(count)")
            _ = try feed.wait(until: down + half) { false }
            try links?.setCarrier(true)
            steps.note("carrier back, \(number + 1) of \(count)")
        }
    }

    private func signalPrograms(_ signal: Int32) throws {
        try routeServer?.send(signal: signal)
        try processes?.signalPrograms(signal)
    }

    /// What is not timed and would only disturb: deleting a link takes the kernel's routing lock for milliseconds.
    package func settle() throws {
        guard name == .kill || name == .powerOff || name == .shutdown else { return }
        try processes?.removeLinks()
    }

    /// Puts the target back as it was, but for other faults that are still in place.
    ///
    /// Doing it once more, or after a fault that was injected only in part, is no failure.
    /// - Returns: the stamps of before and after.
    package func restore(waitingIn feed: EventFeed, deadline: Instant) throws -> [TraceEvent] {
        var steps = StepRecorder(placement)
        // `restore` may come with a process of its own, which prepared nothing.
        if ![.drain, .delay, .jitter].contains(name) { try prepare(number: active?.number ?? 1) }
        steps.add(.restoring, name.rawValue)
        switch name {
        case .kill, .powerOff, .shutdown: try processes?.boot(waitingIn: feed, deadline: deadline)
        case .crash, .terminate, .drain: try processes?.startSpeakerAgain(waitingIn: feed, deadline: deadline)
        case .freeze: try signalPrograms(SIGCONT)
        case .blackhole, .endpointDown, .endpointsDown, .azDown: try links?.setForwarding(true)
        case .linkDown, .flap: try links?.setCarrier(true)
        case .delay, .jitter: try links?.removeDelay()
        case .onewayIn, .onewayOut, .bgpPartition, .bfdPartition, .grey, .loss: try filters?.removeAll()
        case .withdraw, .prepend: try speaker?.announceAsConfigured()
        case .routeServerRestart: try routeServer?.start(waitingIn: feed)
        case .soak: break
        }
        lab.state.faults.removeAll { $0.number == active?.number }
        try takeSharedLinksAgain()
        steps.add(.restored, name.rawValue)
        try lab.state.save(lab.directory)
        return steps.events
    }

    /// Links that another fault has taken too are taken again: they were put back, or made anew, for a moment.
    private func takeSharedLinksAgain() throws {
        let own = Set(placement.cables)
        for other in lab.state.faults {
            let injector = try FaultInjector(restoring: other, in: lab)
            guard !own.isDisjoint(with: injector.placement.cables) else { continue }
            try injector.prepare(number: other.number)
            try injector.takeLinks()
        }
    }
}

/// The stamps of a fault, step by step.
private struct StepRecorder {
    private let instance: String?
    private(set) var events: [TraceEvent] = []

    init(_ placement: FaultPlacement) {
        instance = placement.instance
    }

    mutating func add(_ kind: TraceEvent.Kind, _ detail: String) {
        events.append(TraceEvent(at: .now, node: "rslab", kind: kind, instance: instance, detail: detail))
    }

    mutating func note(_ text: String) { add(.faultStep, text) }
}

extension FaultName {
    /// Whether it is about the instance's processes rather than its links.
    var needsSpeaker: Bool {
        switch self {
        case .shutdown, .crash, .freeze, .terminate, .withdraw, .prepend, .drain: true
        case .kill, .powerOff, .blackhole, .onewayIn, .onewayOut, .linkDown, .bgpPartition, .bfdPartition,
            .endpointDown, .endpointsDown, .loss, .flap, .delay, .jitter, .azDown, .routeServerRestart, .grey, .soak:
            false
        }
    }
}
