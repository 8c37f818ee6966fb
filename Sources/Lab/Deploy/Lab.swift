// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeRuntime
internal import VPC
package import WireFormat

/// A lab that runs.
package final class Lab {
    package let directory: RunDirectory
    package var state: LabState
    package internal(set) var plan: LabPlan
    package let initClient: InitClient
    /// While it is held, the end of this process is the end of the lab.
    private var lifeline: LifelineBox?
    /// Held while this process may change the lab.
    var lock: LabLock?
    /// What answers applications while they are measured.
    var responders: ApplicationResponders?

    private final class LifelineBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    init(
        directory: RunDirectory, state: LabState, plan: LabPlan, initClient: InitClient,
        lifeline: consuming OwnedDescriptor
    ) {
        self.directory = directory
        self.state = state
        self.plan = plan
        self.initClient = initClient
        self.lifeline = LifelineBox(lifeline)
    }

    /// Opens a lab that another rslab built.
    ///
    /// - Throws: `LabError` when there is none, or it does not run any more.
    package init(opening directory: RunDirectory) throws {
        guard directory.exists else {
            throw LabError("there is no lab '\(directory.labName)'", advice: "run 'rslab up' first")
        }
        state = try LabState.load(directory)
        if !state.isReady, let holder = LabLock.holder(of: directory) {
            throw LabError(
                "the lab '\(directory.labName)' is still being built by process \(holder)",
                advice: "wait until it is ready")
        }
        guard state.isReady, try Lab.initProcess(of: directory) != nil else {
            throw LabError(
                "the lab '\(directory.labName)' does not run any more",
                advice: "run 'rslab down --name \(directory.labName)' to clear it away, then 'rslab up'")
        }
        self.directory = directory
        plan = LabPlan(model: state.model)
        initClient = try InitClient(connectingTo: directory.initSocket)
        lifeline = nil
    }

    /// Takes the right to change the lab, for as long as this object lives.
    ///
    /// - Throws: `LabError` when another rslab has it, or the lab is gone.
    package func takeLock() throws {
        guard lock == nil else { return }
        guard let lock = try LabLock.take(directory) else {
            throw LabError("the lab '\(name)' was taken down meanwhile")
        }
        self.lock = lock
        // Another rslab may have changed the lab between the opening and the lock.
        state = try LabState.load(directory)
    }

    /// The lab was made for this process alone.
    var endsWithThisProcess: Bool { lifeline != nil }

    package var name: String { directory.labName }

    /// Lets the lab outlive this process.
    func commit() throws(SystemError) {
        guard let lifeline else { return }
        try writeAll([1], to: lifeline.descriptor.rawValue, subject: "lifeline")
        self.lifeline = nil
    }

    /// A node's network namespace.
    package func namespace(_ node: String) throws -> HeldNamespace {
        guard plan.namespaces.contains(where: { $0.name == node }) else {
            let names = plan.namespaces.map(\.name).joined(separator: ", ")
            throw LabError("the lab has no node '\(node)'", advice: "its nodes are \(names)")
        }
        return try HeldNamespace.open(node, of: state.initProcess.processID, in: directory)
    }

    /// The instances that run a speaker, in the template's order.
    package var speakerInstances: [String] { state.speakers.map(\.instance) }

    /// Where probes come from: an instance without a speaker, in a subnet whose route table a route server writes if there
    /// is one.
    package func testHost() throws -> String {
        let candidates = state.model.instances.filter { !speakerInstances.contains($0.name) }
        let propagated = Set(state.model.routeServers.flatMap(\.propagations))
        let preferred = candidates.first { host in
            routeTable(ofInstance: host).map { propagated.contains($0.logicalID) } ?? false
        }
        guard let host = preferred ?? candidates.first else {
            throw LabError(
                "the template has no instance without a BGP speaker, so there is no test host to probe from",
                advice: "add an instance without user data to a subnet whose route table the route server writes")
        }
        return host.name
    }

    /// The VPC route table that an instance's packets go by.
    func routeTable(ofInstance instance: Instance) -> RouteTable? {
        let interface = instance.networkInterfaces.first.flatMap(state.model.networkInterface)
        let subnet = state.model.subnets.first { $0.logicalID == interface?.subnet }
        return state.model.routeTables.first { $0.logicalID == subnet?.routeTable }
    }

    /// The table that a host's packets go by, where a route server writes it.
    func propagatedTable(ofHost host: String) -> String? {
        let model = state.model
        // What comes in from outside goes by the gateway's.
        let table =
            host == LabPlan.internetNode
            ? model.routeTables.first { $0.logicalID == model.internetGateway?.routeTable }
            : model.instances.first { $0.name == host }.flatMap(routeTable(ofInstance:))
        guard let table,
            state.model.routeServers.contains(where: { $0.propagations.contains(table.logicalID) })
        else { return nil }
        return table.name
    }

    /// The floating IPs: host routes that speakers announce and instances have on lo, in the order first named.
    package var floatingAddresses: [IPPrefix] {
        let onLoopback = Set(state.model.instances.flatMap(\.boot.loopbackAddresses))
        var seen: Set<IPPrefix> = []
        return state.speakers.flatMap { $0.configuration.announcements.map(\.prefix) }
            .filter { onLoopback.contains($0) && seen.insert($0).inserted }
    }

    /// Which instance sends with which IP time to live, as a host sees it: directly, or behind the router's one hop.
    ///
    /// Only those that may answer for a floating IP have one of their own.
    package var instancesByTimeToLive: [UInt8: String] {
        var instances: [UInt8: String] = [:]
        for (instance, timeToLive) in LabPlan.timesToLive(in: state.model) {
            instances[timeToLive] = instance
            instances[timeToLive - 1] = instance
        }
        return instances
    }

    /// The nodes of the route servers.
    package var routeServerNodes: [String] {
        state.model.routeServers.map { LabPlan.node(of: $0, in: state.model) }
    }
}
