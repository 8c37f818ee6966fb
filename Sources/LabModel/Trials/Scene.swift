// SPDX-License-Identifier: MIT-0
package import Measurement
internal import RouteServer
internal import VPC
package import WireFormat

/// Which instances are active and standby, as the route servers see it, and the flows that show it.
package struct Scene {
    package var subject: TrialSubject
    package var timers: SessionTimers
    /// Where the faults apply.
    package var placement: SequencePlacement
    /// The primary flow first; each flow's number is its index.
    package var flows: [Flow] = []

    /// Finds the roles in what the route servers know; `block` is announced for the run, besides the template's prefixes.
    ///
    /// - Parameters:
    ///   - database: What decides where a host's packets to some prefixes go.
    ///   - sessions: The sessions that a route server's node has with some addresses.
    /// - Throws: `LabError` for traffic that cannot be measured, or not with these faults.
    package init(
        lab: LabLayout, plan: TrialPlan, announcing block: PrefixBlock? = nil,
        database governing: (_ prefixes: [IPPrefix], _ host: String) throws -> GoverningDatabase,
        sessions sessionsOf: (_ addresses: Set<IPAddress>, _ node: String) throws -> ActiveSessions
    ) throws {
        let traffic = try ProbedTraffic(plan.flows, in: lab)
        let database = try governing(traffic.prefixes, traffic.source)
        let (active, standby) = try Self.instances(for: traffic.prefix, in: database)
        guard let standby else {
            throw LabError(
                "only \(active) announces \(traffic.prefix), so no instance could take over", advice: "see 'rslab rib'")
        }
        let routes = database.routes.filter { $0.prefix == traffic.prefix }
        let sessions = try sessionsOf(
            Set(routes.filter { $0.instance == active }.map(\.peerAddress)), database.node)
        timers = sessions.timers(
            delays: lab.options.routeServer.delays, sender: lab.options.speaker == .builtin ? .rslab : .daemon)
        placement = try SequencePlacement(plan.sequence, active: active, in: lab)
        subject = TrialSubject(
            fault: nil, active: active, standby: standby, sessions: sessions.names,
            standbyNextHops: Array(Set(routes.filter { $0.instance == standby }.map(\.nextHop))),
            activeNextHops: Array(Set(routes.filter { $0.instance == active }.map(\.nextHop))),
            prefix: traffic.prefix,
            table: traffic.transits.first?.inward.table ?? lab.propagatedTable(ofHost: traffic.source),
            routeServerNode: database.node, proberNode: traffic.source)
        subject.returnRoute = traffic.transits.first.map { .init(prefix: $0.outward.prefix, table: $0.outward.table) }
        let standbys = Self.standbys(for: traffic.prefix, of: active, in: database)
        for (_, fault) in placement.faults.sorted(by: { $0.key < $1.key }) {
            let role = try lab.role(of: fault, active: active, standbys: standbys, sources: traffic.sources)
            if plan.sequence.single != nil { subject.take(fault, role: role) }
        }
        flows = try Self.flows(of: traffic, database, governing, interval: plan.probing.interval)
        if let block { try addSamples(of: block, count: plan.flows.sampleCount, probing: plan.probing) }
        if plan.flows.isOutward { try addOutward(in: lab, probing: plan.probing) }
    }

    /// A flow from every source to every address, or through every transit.
    private static func flows(
        of traffic: ProbedTraffic, _ database: GoverningDatabase,
        _ governing: ([IPPrefix], String) throws -> GoverningDatabase, interval: Milliseconds
    ) throws -> [Flow] {
        let frequentCount = traffic.transits.isEmpty ? traffic.prefixes.count : traffic.transits.count
        try check(ProbeSchedule(interval: interval, frequentCount: frequentCount))
        var flows: [Flow] = []
        for transit in traffic.transits {
            let (active, standby) = try instances(for: transit, in: database)
            flows += transit.flows(numbered: flows.count, active: active, standby: standby, interval: interval)
        }
        for source in traffic.sources where traffic.transits.isEmpty {
            // Another subnet's table may be written by another route server.
            let database = source == traffic.source ? database : try governing(traffic.prefixes, source)
            for prefix in traffic.prefixes {
                let (active, standby) = try instances(for: prefix, in: database)
                flows.append(
                    Flow(
                        number: FlowNumber(flows.count), node: source, destination: prefix.address, prefix: prefix,
                        active: active, standby: standby, interval: interval))
            }
        }
        return flows
    }

    /// If the prober cannot keep up, the results describe it and not the lab.
    private static func check(_ schedule: ProbeSchedule) throws {
        let rate = Double(schedule.slotsOfFrame) / schedule.interval.value * 1_000
        guard rate > Double(ProbeSchedule.maximumRate) else { return }
        throw LabError(
            "this needs \(Int(rate)) probes a second from one host, and a prober keeps up with"
                + " \(ProbeSchedule.maximumRate)",
            advice: "probe less often with --interval, or less with --floating-ip and --samples")
    }

    /// Adds flows to samples of a block, whose instances are the primary flow's.
    private mutating func addSamples(of block: PrefixBlock, count: Int, probing: ProbeSettings) throws {
        let schedule = ProbeSchedule(
            interval: probing.interval, frequentCount: flows.count { $0.node == subject.proberNode },
            sparseCount: min(count, block.count))
        try Self.check(schedule)
        for index in block.samples(count) {
            flows.append(
                Flow(
                    number: FlowNumber(flows.count), role: .sample, node: subject.proberNode,
                    destination: block.address(index), prefix: block[index], active: subject.active,
                    standby: subject.standby, interval: schedule.sparseInterval))
        }
    }

    /// Adds a flow from each floating IP to the primary flow's host; they follow all inward flows.
    private mutating func addOutward(in lab: LabLayout, probing: ProbeSettings) throws {
        guard flows.first?.role != .transit else {
            throw LabError("--outward is for floating IPs: through firewalls, both directions are probed anyway")
        }
        let model = lab.model
        let host = model.instances.first { $0.name == subject.proberNode }
        let addresses = host?.networkInterfaces.first.flatMap(model.networkInterface)?.addresses ?? []
        for flow in flows where flow.role == .floatingAddress && flow.node == subject.proberNode {
            guard let address = addresses.first(where: { $0.family == flow.prefix.family }) else {
                throw LabError(
                    "\(subject.proberNode) has no \(flow.prefix.family.name) address to be probed from \(flow.destination)",
                    advice: "choose other floating IPs with --floating-ip")
            }
            flows.append(
                Flow(
                    number: FlowNumber(flows.count), direction: .outward, node: flow.active, destination: address,
                    prefix: flow.prefix, active: flow.active, standby: flow.standby, interval: probing.interval))
        }
    }

    /// The same for a host behind firewalls; both directions must lead through the same one.
    private static func instances(
        for transit: Transit, in database: GoverningDatabase
    ) throws -> (active: String, standby: String?) {
        let inward = try instances(for: transit.inward.prefix, in: database)
        let outward = try instances(for: transit.outward.prefix, in: database)
        guard inward.active == outward.active else {
            throw LabError(
                "traffic to \(transit.host) goes through \(inward.active), and traffic from it through"
                    + " \(outward.active): AWS does not support asymmetric routing through a middlebox",
                advice: "have one instance announce the better path to both \(transit.inward.prefix) and"
                    + " \(transit.outward.prefix)")
        }
        return inward
    }

    /// All instances that announce a prefix, except the active one.
    private static func standbys(
        for prefix: IPPrefix, of active: String, in database: GoverningDatabase
    ) -> [String] {
        Array(Set(database.routes.filter { $0.prefix == prefix && $0.instance != active }.compactMap(\.instance)))
    }

    /// The instance that is active for a prefix, and the next one that announces it.
    private static func instances(
        for prefix: IPPrefix, in database: GoverningDatabase
    ) throws -> (active: String, standby: String?) {
        let routes = database.routes.filter { $0.prefix == prefix }
        guard let active = routes.first(where: { $0.status == .inFIB })?.instance else {
            throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
        }
        return (active, routes.first { $0.instance != nil && $0.instance != active }?.instance)
    }
}

extension TrialSubject {
    /// Takes the only fault of a trial, with its target.
    fileprivate mutating func take(_ placement: FaultPlacement, role: TargetRole) {
        fault = placement.name
        target = placement.target
        self.role = role
        parameters = placement.parameters
    }
}
