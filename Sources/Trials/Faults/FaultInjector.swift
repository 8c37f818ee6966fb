// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
package import WireFormat

/// Makes a target fail in one of the described ways, and undoes it: carries out the actions of a `FaultDescription`.
///
/// Everything that takes time (handles, sockets) is prepared beforehand; `inject` itself is a few system calls, stamped
/// before and after. The fault is written to the lab's state before it is injected, so a later `restore` works whatever
/// happens to this process.
package final class FaultInjector {
    private let lab: Lab
    private let placement: FaultPlacement
    /// As in the lab's state; nil before the fault is injected.
    private(set) var active: ActiveFault?
    /// What some actions need, opened before anything is timed.
    private var links: TargetLinks?
    private var filters: TargetFilters?
    private var processes: InstanceProcesses?
    private var routeServer: RouteServerProcess?
    private var speaker: SpeakerCommands?

    private var description: FaultDescription { placement.name.description }
    private var actions: [FaultAction] { description.steps.map(\.action) }
    private var parameters: FaultParameters { placement.parameters }

    /// Prepares a fault to be injected.
    package init(_ placement: FaultPlacement, in lab: Lab) throws {
        self.lab = lab
        self.placement = placement
        if let instance = placement.instance { processes = try InstanceProcesses(of: instance, in: lab) }
        links = try TargetLinks(placement.cables, in: lab)
    }

    /// A fault already in place, injected by this process or by another.
    package convenience init(restoring active: ActiveFault, in lab: Lab) throws {
        try self.init(FaultPlacement(active, in: lab.layout), in: lab)
        self.active = active
    }

    /// Injects the fault.
    ///
    /// Faults that take their time (`flap`, `drain`) wait in `feed`, so that events and probes are received meanwhile.
    /// - Returns: what was done and when, from just before the first step to just after the last.
    package func inject(waitingIn feed: EventFeed) throws -> [TraceEvent] {
        if active == nil { try arm() }
        var stamps = StepRecorder(placement)
        stamps.add(.faultInjecting, placement.name.rawValue)
        for step in description.steps {
            try carryOut(step.action, &stamps, waitingIn: feed)
            if let note = step.note { stamps.note(note) }
        }
        stamps.add(.faultInjected, placement.name.rawValue)
        return stamps.events
    }

    /// Does everything that comes before a fault and takes time: opens what it needs, and writes it to the lab's state.
    package func arm() throws {
        let number = (lab.state.faults.map(\.number).max() ?? 0) + 1
        try prepare(number: number)
        try processes?.requireRunning(speaker: actions.contains(where: \.needsSpeaker))
        let fault = ActiveFault(
            number: number, name: placement.name, target: placement.target, parameters: placement.parameters)
        active = fault
        lab.state.faults.append(fault)
        try lab.state.save(lab.directory)
    }

    /// Opens what the actions need, and refuses what is not possible here, before anything is changed.
    private func prepare(number: Int) throws {
        for need in Set(actions.compactMap(\.need)) { try open(need, number: number) }
        if placement.target.kind == .routeServer, actions.contains(where: \.needsSpeaker) {
            try open(.routeServerProcess, number: number)
        }
    }

    private func open(_ need: FaultAction.Need, number: Int) throws {
        switch need {
        case .filters: filters = try filters ?? TargetFilters(placement.cables, number: number, in: lab)
        case .speakerCommands: speaker = try speaker ?? SpeakerCommands(of: placement.target.name, in: lab)
        case .routeServerProcess: routeServer = try routeServer ?? RouteServerProcess(placement.target.name, in: lab)
        case .delay: try TargetLinks.requireDelay()
        }
    }

    /// Work that is not timed and would only disturb: deleting a link takes the kernel's routing lock for milliseconds.
    package func settle() throws {
        for action in description.aftermath {
            guard case .removeInterfaces = action else { continue }
            try processes?.removeLinks()
        }
    }

    /// Whether what the fault set is still set, and nothing else has undone it.
    ///
    /// A program that ended stays so unless it is started again, which its sessions show.
    package func isInPlace() throws -> Bool {
        for action in actions {
            switch action {
            case .stopForwarding:
                if try links?.areAnyWorking(carrier: false) ?? false { return false }
            case .takeCarrier:
                if try links?.areAnyWorking(carrier: true) ?? false { return false }
            case .drop:
                if try filters?.arePresent() == false { return false }
            case .signal(.stop), .stopInstance:
                if processes?.isStopped == false { return false }
            case .signal, .killInstance, .waitForEndOfSpeaker, .waitForEndOfInstance, .limitCPU, .killRouteServer,
                .startRouteServer, .flapCarrier, .delayPackets, .removeInterfaces, .withdrawPaths, .lengthenPaths,
                .waitUntilMoved, .reloadConfiguration:
                break
            }
        }
        return true
    }

    /// Restores the target, except for other faults still in place.
    ///
    /// Repeating it, or undoing a partly injected fault, is not an error.
    /// - Returns: the stamps of before and after.
    package func restore(waitingIn feed: EventFeed, deadline: Instant) throws -> [TraceEvent] {
        var stamps = StepRecorder(placement)
        // `restore` may run in a separate process, which prepared nothing.
        if let need = description.undo.need { try open(need, number: active?.number ?? 1) }
        if placement.target.kind == .routeServer, description.undo == .continueSpeaker {
            try open(.routeServerProcess, number: active?.number ?? 1)
        }
        stamps.add(.restoring, placement.name.rawValue)
        try takeBack(waitingIn: feed, deadline: deadline)
        lab.state.faults.removeAll { $0.number == active?.number }
        try takeAgain(waitingIn: feed)
        stamps.add(.restored, placement.name.rawValue)
        try lab.state.save(lab.directory)
        return stamps.events
    }

    /// Applies other faults again on links that were just restored or recreated.
    private func takeAgain(waitingIn feed: EventFeed) throws {
        let own = Set(placement.cables)
        for other in lab.state.faults {
            let injector = try FaultInjector(restoring: other, in: lab)
            let sharesLinks = !own.isDisjoint(with: injector.placement.cables)
            let sharesProcesses = description.undo.touchesProcesses && injector.placement.instance == placement.instance
            let again = injector.actions.filter {
                sharesLinks && $0.isStateOfLinks || sharesProcesses && $0.isStateOfProcesses
            }
            guard !again.isEmpty else { continue }
            try injector.prepare(number: other.number)
            var unstamped = StepRecorder(injector.placement)
            for action in again { try injector.carryOut(action, &unstamped, waitingIn: feed) }
        }
    }
}

// MARK: - The vocabulary

extension FaultInjector {
    private func carryOut(_ action: FaultAction, _ stamps: inout StepRecorder, waitingIn feed: EventFeed) throws {
        switch action {
        case .signal(let signal): try send(signal)
        case .killInstance: try processes?.kill()
        case .waitForEndOfSpeaker: try processes?.waitForEndOfPrograms()
        case .waitForEndOfInstance: try processes?.waitForEnd()
        case .stopInstance: try processes?.stopAll()
        case .limitCPU:
            guard let share = parameters.cpuShare, let limit = try processes?.limitCPU(to: share) else { return }
            stamps.note(limit)
        case .killRouteServer: try routeServer?.kill()
        case .startRouteServer: try routeServer?.start(waitingIn: feed)
        case .flapCarrier: try flap(&stamps, waitingIn: feed)
        case .removeInterfaces: try processes?.removeLinks()
        case .withdrawPaths: try speaker?.withdraw()
        case .lengthenPaths: try speaker?.prepend(gracefulShutdown: parameters.gracefulShutdown ?? false)
        case .waitUntilMoved: try speaker?.waitUntilMoved(in: feed)
        case .reloadConfiguration: try processes?.reloadSpeaker(waitingIn: feed)
        case .stopForwarding, .takeCarrier, .delayPackets, .drop: try take(action)
        }
    }

    /// Sets the links as the fault requires; repeating it changes nothing.
    private func take(_ action: FaultAction) throws {
        switch action {
        case .stopForwarding: try links?.setForwarding(false)
        case .takeCarrier: try links?.setCarrier(false)
        case .delayPackets: try links?.setDelay(parameters)
        case .drop(let packets): try filters?.drop(packets, share: parameters.lossShare ?? 1)
        case .signal, .killInstance, .waitForEndOfSpeaker, .waitForEndOfInstance, .stopInstance, .limitCPU,
            .killRouteServer, .startRouteServer, .flapCarrier, .removeInterfaces, .withdrawPaths, .lengthenPaths,
            .waitUntilMoved, .reloadConfiguration:
            break
        }
    }

    private func takeBack(waitingIn feed: EventFeed, deadline: Instant) throws {
        switch description.undo {
        case .bootInstance: try processes?.boot(waitingIn: feed, deadline: deadline)
        case .startSpeaker: try processes?.startSpeakerAgain(waitingIn: feed, deadline: deadline)
        case .continueSpeaker: try send(.resume)
        case .continueInstance:
            try processes?.continueAll()
            try links?.setForwarding(true)
        case .removeCPULimit: try processes?.removeCPULimit()
        case .forwardAgain: try links?.setForwarding(true)
        case .giveCarrierBack: try links?.setCarrier(true)
        case .removeDelay: try links?.removeDelay()
        case .removeFilters: try filters?.removeAll()
        case .announceAsConfigured: try speaker?.announceAsConfigured()
        case .startRouteServer: try routeServer?.start(waitingIn: feed)
        case .nothing: break
        }
    }

    private func send(_ signal: FaultAction.ProcessSignal) throws {
        let number =
            switch signal {
            case .kill: SIGKILL
            case .terminate: SIGTERM
            case .stop: SIGSTOP
            case .resume: SIGCONT
            }
        try routeServer?.send(signal: number)
        try processes?.signalPrograms(number)
    }

    /// The fault is over when the carrier is back for the last time.
    private func flap(_ stamps: inout StepRecorder, waitingIn feed: EventFeed) throws {
        let count = parameters.count ?? 1
        let half = parameters.downTime.duration
        let start = Instant.now
        for number in 0..<count {
            // By the clock and not one after the other: the time that each change takes does not add up.
            let down = start + .nanoseconds(Int64(2 * number) * half.nanoseconds)
            if number > 0 { _ = try feed.wait(until: down) { false } }
            try links?.setCarrier(false)
            stamps.note("carrier gone, \(number + 1) of \(count)")
            _ = try feed.wait(until: down + half) { false }
            try links?.setCarrier(true)
            stamps.note("carrier back, \(number + 1) of \(count)")
        }
    }
}
