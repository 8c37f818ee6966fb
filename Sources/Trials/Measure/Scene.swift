// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import Measurement
internal import RouteServer
internal import VPC
internal import WireFormat

/// Who is active and who stands by, as the route server has it now, and the flows that show it.
struct Scene {
    var subject: TrialSubject
    var timers: SessionTimers
    /// Where the faults fall.
    var placement: SequencePlacement
    /// The primary one first; each one's number is its place.
    var flows: [Flow] = []

    /// `block` is what is announced for the run beside the template's prefixes.
    ///
    /// - Throws: `LabError` for what cannot be measured, or not with these faults.
    init(lab: Lab, plan: TrialPlan, announcing block: PrefixBlock? = nil) throws {
        let traffic = try ProbedTraffic(plan.flows, in: lab)
        let database = try lab.governingDatabase(of: traffic.prefixes, for: traffic.source)
        let (active, standby) = try Self.instances(for: traffic.prefix, in: database)
        guard let standby else {
            throw LabError(
                "only \(active) announces \(traffic.prefix), so nobody could take over", advice: "see 'rslab rib'")
        }
        let routes = database.routes.filter { $0.prefix == traffic.prefix }
        let sessions = try ActiveSessions(
            at: Set(routes.filter { $0.instance == active }.map(\.peerAddress)), on: database.node, in: lab)
        timers = sessions.timers(delays: lab.state.options.routeServer.delays)
        placement = try SequencePlacement(plan.sequence, active: active, in: lab.layout)
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
            let role = try lab.layout.role(of: fault, active: active, standbys: standbys, sources: traffic.sources)
            if plan.sequence.single != nil { subject.take(fault, role: role) }
        }
        flows = try Self.flows(of: traffic, in: lab, database, interval: plan.probing.interval)
        if let block { try addSamples(of: block, count: plan.flows.sampleCount, probing: plan.probing) }
        if plan.flows.isOutward { try addOutward(in: lab, probing: plan.probing) }
    }

    /// A flow from every source to every address, or through every transit.
    private static func flows(
        of traffic: ProbedTraffic, in lab: Lab, _ database: Lab.GoverningDatabase, interval: Milliseconds
    ) throws -> [Flow] {
        let frequentCount = traffic.transits.isEmpty ? traffic.prefixes.count : traffic.transits.count
        try check(ProbeSchedule(interval: interval, frequentCount: frequentCount))
        var flows: [Flow] = []
        for transit in traffic.transits {
            let (active, standby) = try instances(for: transit, in: database)
            flows += transit.flows(numbered: flows.count, active: active, standby: standby, interval: interval)
        }
        for source in traffic.sources where traffic.transits.isEmpty {
            // Another subnet's table may be another route server's.
            let database =
                source == traffic.source ? database : try lab.governingDatabase(of: traffic.prefixes, for: source)
            for prefix in traffic.prefixes {
                let (active, standby) = try instances(for: prefix, in: database)
                flows.append(
                    Flow(
                        number: UInt16(flows.count), node: source, destination: prefix.address, prefix: prefix,
                        active: active, standby: standby, interval: interval))
            }
        }
        return flows
    }

    /// A prober that cannot keep up would say more of itself than of the lab.
    private static func check(_ schedule: ProbeSchedule) throws {
        let rate = Double(schedule.slotsOfFrame) / schedule.interval.value * 1_000
        guard rate > Double(ProbeSchedule.maximumRate) else { return }
        throw LabError(
            "what is to be probed comes to \(Int(rate)) probes a second from one host, and a prober keeps up with"
                + " \(ProbeSchedule.maximumRate)",
            advice: "probe less often with --interval, or less with --floating-ip and --samples")
    }

    /// Adds flows to samples of a block, which follow the primary flow's instances.
    private mutating func addSamples(of block: PrefixBlock, count: Int, probing: ProbeSettings) throws {
        let schedule = ProbeSchedule(
            interval: probing.interval, frequentCount: flows.count { $0.node == subject.proberNode },
            sparseCount: min(count, block.count))
        try Self.check(schedule)
        for index in block.samples(count) {
            flows.append(
                Flow(
                    number: UInt16(flows.count), role: .sample, node: subject.proberNode,
                    destination: block.address(index), prefix: block[index], active: subject.active,
                    standby: subject.standby, interval: schedule.sparseInterval))
        }
    }

    /// Adds a flow from each floating IP to the host that the primary flow comes from; after all inward ones.
    private mutating func addOutward(in lab: Lab, probing: ProbeSettings) throws {
        guard flows.first?.role != .transit else {
            throw LabError("--outward is for floating IPs: through firewalls both directions are probed as it is")
        }
        let model = lab.state.model
        let host = model.instances.first { $0.name == subject.proberNode }
        let addresses = host?.networkInterfaces.first.flatMap(model.networkInterface)?.addresses ?? []
        for flow in flows where flow.role == .floatingAddress && flow.node == subject.proberNode {
            guard let address = addresses.first(where: { $0.family == flow.prefix.family }) else {
                throw LabError(
                    "\(subject.proberNode) has no \(flow.prefix.family.name) address to be probed from \(flow.destination)",
                    advice: "probe others, with --floating-ip")
            }
            flows.append(
                Flow(
                    number: UInt16(flows.count), direction: .outward, node: flow.active, destination: address,
                    prefix: flow.prefix, active: flow.active, standby: flow.standby, interval: probing.interval))
        }
    }

    /// The same for a host behind firewalls, where both ways must lead through one.
    private static func instances(
        for transit: Transit, in database: Lab.GoverningDatabase
    ) throws -> (active: String, standby: String?) {
        let inward = try instances(for: transit.inward.prefix, in: database)
        let outward = try instances(for: transit.outward.prefix, in: database)
        guard inward.active == outward.active else {
            throw LabError(
                "what comes in for \(transit.host) goes through \(inward.active), and what it sends through"
                    + " \(outward.active): AWS supports no asymmetric routing through a middlebox",
                advice: "have one instance announce the better path to both \(transit.inward.prefix) and"
                    + " \(transit.outward.prefix)")
        }
        return inward
    }

    /// All that announce a prefix but the active one.
    private static func standbys(
        for prefix: IPPrefix, of active: String, in database: Lab.GoverningDatabase
    ) -> [String] {
        Array(Set(database.routes.filter { $0.prefix == prefix && $0.instance != active }.compactMap(\.instance)))
    }

    /// The instance that is active for a prefix, and the next one that announces it.
    private static func instances(
        for prefix: IPPrefix, in database: Lab.GoverningDatabase
    ) throws -> (active: String, standby: String?) {
        let routes = database.routes.filter { $0.prefix == prefix }
        guard let active = routes.first(where: { $0.status == .inFIB })?.instance else {
            throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
        }
        return (active, routes.first { $0.instance != nil && $0.instance != active }?.instance)
    }
}

extension TrialSubject {
    /// The one fault of a trial, with what it falls on.
    fileprivate mutating func take(_ placement: FaultPlacement, role: TargetRole) {
        fault = placement.name
        target = placement.target
        self.role = role
        parameters = placement.parameters
    }
}
