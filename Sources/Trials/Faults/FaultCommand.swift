// SPDX-License-Identifier: MIT-0
internal import BGP
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
internal import RouteServer
internal import WireFormat

/// Faults without a measurement: what `failover` and `restore` do on a running lab.
package struct FaultCommand {
    /// What was done, with its stamps.
    package struct Result: Codable, Sendable {
        package var schema = 1
        package var changed = true
        package var fault: FaultName
        /// What it falls on, as `--target` takes it.
        package var target: String
        /// The instance that it is about; nil where it falls on something else.
        package var instance: String?
        package var parameters: FaultParameters
        package var events: [TraceEvent]
        /// When several are taken back: all of them, in that order.
        package var faults: [ActiveFault]?

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

    /// Injects a fault; without a target, on the instance that is active now.
    package func inject(_ request: FaultRequest, interruption: Interruption) throws -> Result {
        try lab.requireNoFault()
        let placement = try FaultPlacement(request, active: try lab.activeInstance(), in: lab.layout)
        let injector = try FaultInjector(placement, in: lab)
        let events = try injector.inject(waitingIn: try EventFeed(interruption: interruption))
        try injector.settle()
        guard let fault = lab.state.faults.last else { throw LabError("the fault was taken back meanwhile") }
        return Result(fault, placement, events: events)
    }

    /// Takes all faults back, the last one first, and waits until the lab is as it was before.
    ///
    /// - Returns: the last one that was injected, with the events of all; nil where none was in place.
    package func restore(within limit: Duration, interruption: Interruption) throws -> Result? {
        guard let last = lab.state.faults.last else { return nil }
        let deadline = Instant.now + limit + lab.longestRouteDelay
        let feed = try EventFeed(interruption: interruption)
        let faults = Array(lab.state.faults.reversed())
        var events: [TraceEvent] = []
        for fault in faults {
            events += try FaultInjector(restoring: fault, in: lab).restore(waitingIn: feed, deadline: deadline)
        }
        // Only now: a route server that a fault had taken away would not have answered before.
        for node in lab.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
        let readiness = Readiness(lab: lab, feed: feed, deadline: deadline)
        try readiness.waitForSessions()
        try readiness.waitForBFD()
        try readiness.waitForRoutes()
        try readiness.waitForPing()
        var result = Result(last, FaultPlacement(last, in: lab.layout), events: events)
        if faults.count > 1 { result.faults = faults }
        return result
    }
}

extension Lab {
    /// - Throws: `LabError` naming the fault that is in place.
    package func requireNoFault() throws {
        guard let present = state.faults.last else { return }
        let others = state.faults.count > 1 ? " (and \(state.faults.count - 1) more)" : ""
        throw LabError(
            "a fault is in place already: \(present.name.rawValue) on \(present.target)\(others)",
            advice: "take it back with 'rslab restore'")
    }

    /// Nodes that a fault may keep from answering.
    var unresponsiveNodes: Set<String> {
        Set(
            state.faults.compactMap { fault in
                switch fault.target.kind {
                case .instance, .routeServer: fault.target.name
                default: nil
                }
            })
    }
}
