// SPDX-License-Identifier: MIT-0
internal import BGP
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
internal import RouteServer
internal import WireFormat

/// Faults without a measurement: `failover` and `restore` on a running lab.
package struct FaultCommand {
    /// What was done, with its stamps.
    package struct Result: Codable, Sendable {
        package var schema = 1
        package var changed = true
        package var fault: FaultName
        /// Its target, in the form of `--target`.
        package var target: String
        /// The instance concerned; nil if it falls on something else.
        package var instance: String?
        package var parameters: FaultParameters
        package var events: [TraceEvent]
        /// When several are undone: all of them, in that order.
        package var faults: [ActiveFault]?
        /// Services that had died and were started as well; nil if there were none.
        package var started: [String]?

        init(_ fault: ActiveFault, _ placement: FaultPlacement, events: [TraceEvent]) {
            self.fault = fault.name
            target = fault.target.name
            instance = placement.instance
            parameters = fault.parameters
            self.events = events
        }
    }

    private let lab: Lab

    package init(lab: Lab) {
        self.lab = lab
    }

    /// Injects a fault, in addition to those in place; by default on the instance that is active now.
    ///
    /// A fault with a duration is undone after it, before this returns.
    package func inject(_ request: FaultRequest, interruption: Interruption) throws -> Result {
        try lab.requireServices()
        let placement = try FaultPlacement(request, active: try lab.activeInstance(), in: lab.layout)
        try requireNew(placement)
        let injector = try FaultInjector(placement, in: lab)
        let feed = try EventFeed(interruption: interruption)
        try lab.hearOfDeaths(in: feed)
        let start = Instant.now
        var events = try injector.inject(waitingIn: feed)
        try injector.settle()
        guard let fault = injector.active else { throw LabError("the fault was not recorded") }
        if let duration = fault.parameters.duration {
            do {
                _ = try feed.wait(until: start + duration.duration) { false }
            } catch is Interrupted {
                // Ctrl-C ends the fault sooner.
            }
            try feed.ignoringInterruptions {
                events += try injector.restore(
                    waitingIn: feed, deadline: .now + TrialCourse.usualFailBackLimit + lab.layout.longestRouteDelay)
            }
        }
        return Result(fault, placement, events: events)
    }

    /// - Throws: `LabError` if the same fault is in place on the same target.
    private func requireNew(_ placement: FaultPlacement) throws {
        for present in lab.state.faults where present.name == placement.name && present.target == placement.target {
            throw LabError(
                "\(present.text) is already in place",
                advice: "undo it with 'rslab restore \(present.name.rawValue)'")
        }
    }

    /// The faults in place that match a name and a target; nil matches any.
    ///
    /// - Throws: `LabError` if there are others, but none of these.
    package func faults(named name: FaultName?, on target: String?) throws -> [ActiveFault] {
        let present = lab.state.faults
        let meant = present.filter { fault in
            (name == nil || fault.name == name) && (target == nil || fault.target.name == target)
        }
        guard meant.isEmpty, !present.isEmpty else { return meant }
        let wish = [name?.rawValue ?? "a fault", target.map { "on \($0)" }].compactMap(\.self).joined(separator: " ")
        throw LabError(
            "\(wish) is not in place", advice: "in place: \(present.map(\.text).joined(separator: ", "))")
    }

    /// Undoes faults, the last one first, starts services that died, and waits until the lab is back to normal, unless
    /// other faults stay in place.
    ///
    /// - Returns: the fault injected last, with the events of all, nil if none was given; and the services started.
    package func restore(
        _ faults: [ActiveFault], within limit: Duration, interruption: Interruption
    ) throws -> (result: Result?, started: [ProgramDeath]) {
        let dead = try lab.deadServices()
        let deadline = Instant.now + limit + lab.layout.longestRouteDelay
        let feed = try EventFeed(interruption: interruption)
        try lab.hearOfDeaths(in: feed)
        let faults = Array(faults.reversed())
        var events: [TraceEvent] = []
        for fault in faults {
            events += try FaultInjector(restoring: fault, in: lab).restore(waitingIn: feed, deadline: deadline)
        }
        try ServiceRevival(lab: lab, feed: feed, deadline: deadline).start(dead)
        var result = faults.first.map { Result($0, FaultPlacement($0, in: lab.layout), events: events) }
        if faults.count > 1 { result?.faults = faults }
        if !dead.isEmpty { result?.started = dead.map(\.name) }
        guard lab.state.faults.isEmpty else { return (result, dead) }
        // Only now: a route server that a fault had taken away would not have answered before.
        for node in lab.layout.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
        // Inits that were started meanwhile are others.
        try lab.hearOfDeaths(in: feed)
        let readiness = Readiness(lab: lab, feed: feed, deadline: deadline)
        try readiness.waitForSessions()
        try readiness.waitForBFD(anew: true)
        // A BFD session that went down meanwhile took its BGP session along.
        try readiness.waitForSessions()
        try readiness.waitForRoutes()
        try readiness.waitForPing()
        return (result, dead)
    }
}
