// SPDX-License-Identifier: MIT-0
internal import BGP
internal import LinuxSystem
package import Measurement
internal import NodeRuntime
internal import RouteServer
internal import WireFormat

/// A fault without a measurement: what `failover` and `restore` do on a running lab.
package struct FaultCommand {
    /// What was done, with its stamps.
    package struct Result: Codable, Sendable {
        package var schema = 1
        package var changed = true
        package var fault: FaultName
        package var instance: String
        package var events: [TraceEvent]
    }

    private let lab: Lab

    package init(lab: Lab) {
        self.lab = lab
    }

    /// Injects a fault on the instance that is active now.
    package func inject(_ fault: FaultName, lossShare: Double? = nil) throws -> Result {
        if let present = lab.state.fault {
            throw LabError(
                "\(present.name.rawValue) on \(present.instance) is in place already",
                advice: "take it back with 'rslab restore'")
        }
        let instance = try lab.activeInstance()
        let injector = try FaultInjector(instance: instance, in: lab, lossShare: lossShare)
        let events = try injector.inject(fault)
        try injector.settle(fault)
        return Result(fault: fault, instance: instance, events: events)
    }

    /// Takes a fault back and waits until the lab is as it was before.
    package func restore(_ fault: ActiveFault, within limit: Duration, interruption: Interruption) throws -> Result {
        let deadline = Instant.now + limit
        let feed = try EventFeed(interruption: interruption)
        for node in lab.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
        let injector = try FaultInjector(instance: fault.instance, in: lab, lossShare: fault.lossShare)
        let events = try injector.restore(fault.name, waitingIn: feed, deadline: deadline)
        let readiness = Readiness(lab: lab, feed: feed, deadline: deadline)
        try readiness.waitForSessions()
        try readiness.waitForBFD()
        try readiness.waitForRoutes()
        try readiness.waitForPing()
        return Result(fault: fault.name, instance: fault.instance, events: events)
    }
}

extension Lab {
    /// The instance that the first floating IP's traffic goes to.
    func activeInstance() throws -> String {
        guard let prefix = floatingAddresses.first else {
            throw LabError("the lab has no floating IP that a route server could move")
        }
        return try activeInstance(for: prefix)
    }

    /// The instance that a floating IP's traffic goes to.
    func activeInstance(for prefix: IPPrefix) throws -> String {
        for node in routeServerNodes {
            guard case .database(let database) = try NodeClient(node, in: directory).ask(.routesTo([prefix]))
            else {
                continue
            }
            if let active = database.routes.first(where: { $0.prefix == prefix && $0.status == .inFIB })?.instance {
                return active
            }
        }
        throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
    }

    /// Ends a lab that this process built for itself.
    package static func end(_ lab: Lab) throws {
        lab.lock = nil
        _ = try remove(lab.directory)
    }
}
