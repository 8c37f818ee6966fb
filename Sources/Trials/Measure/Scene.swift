// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabHost
internal import LabModel
internal import Measurement
internal import NodeProtocol
internal import RouteServer
internal import VPC
internal import WireFormat

/// Who is active and who stands by, as the route server has it now, and the flows that show it.
struct Scene {
    var subject: TrialSubject
    var timers: SessionTimers
    /// Where the fault falls.
    var placement: FaultPlacement
    /// The primary one first; each one's number is its place.
    var flows: [Flow] = []

    init(lab: Lab, plan: TrialPlan) throws {
        let (settings, probing) = (plan.flows, plan.probing)
        let transits = try lab.probedTransits(settings)
        let addresses = transits.isEmpty ? try lab.probedAddresses(settings) : transits.prefixes
        let sources =
            transits.isEmpty ? try lab.probeSources(settings) : [LabPlan.internetNode] + transits.map(\.host)
        guard let prefix = addresses.first, let source = sources.first else {
            throw LabError(
                "no instance both announces an address and has it on lo, so there is no floating IP to probe",
                advice: "see the template's user data")
        }
        let database = try lab.governingDatabase(of: addresses, for: source)
        let node = database.node
        let client = try NodeClient(node, in: lab.directory)
        let neighbors = try client.ask(ListNeighbors())
        let routes = database.routes.filter { $0.prefix == prefix }
        let (active, standby) = try Self.instances(for: prefix, in: database)
        guard let standby else {
            throw LabError(
                "only \(active) announces \(prefix), so nobody could take over", advice: "see 'rslab rib'")
        }
        let activeAddresses = Set(routes.filter { $0.instance == active }.map(\.peerAddress))
        let sessions = neighbors.filter { activeAddresses.contains($0.address) && $0.phase == .established }
        placement = try FaultPlacement(plan.request, active: active, in: lab.layout)
        subject = TrialSubject(
            fault: plan.fault, active: active, standby: standby,
            sessions: sessions.map { .init(endpoint: $0.endpoint ?? "", peer: $0.address) },
            standbyNextHops: Array(Set(routes.filter { $0.instance == standby }.map(\.nextHop))),
            activeNextHops: Array(Set(routes.filter { $0.instance == active }.map(\.nextHop))),
            prefix: prefix, table: transits.first?.inward.table ?? lab.propagatedTable(ofHost: source),
            routeServerNode: node, proberNode: source,
            target: placement.target,
            role: try lab.layout.role(
                of: placement, active: active, standbys: Self.standbys(for: prefix, of: active, in: database),
                sources: sources),
            parameters: placement.parameters)
        subject.returnRoute = transits.first.map { .init(prefix: $0.outward.prefix, table: $0.outward.table) }
        let negotiated = sessions.compactMap(\.statistics.negotiated).first
        timers = SessionTimers(
            holdTime: negotiated.map { Milliseconds(Double($0.holdTimeSeconds) * 1000) },
            keepaliveInterval: negotiated.map { Milliseconds(Double($0.keepaliveIntervalSeconds) * 1000) })
        let delays = lab.state.options.routeServer.delays
        if delays.ribToTable > .zero {
            timers.programmingDelay = Milliseconds(nanoseconds: delays.ribToTable.nanoseconds)
        }
        if delays.failback > .zero { timers.failBackDelay = Milliseconds(nanoseconds: delays.failback.nanoseconds) }
        let bfdSessions = try client.ask(ListBFDSessions())
        // The last of an instance's sessions to go down decides, so the slowest pair of timers counts.
        let slowest = bfdSessions.filter { $0.isUp && activeAddresses.contains($0.peerAddress) }
            .max { $0.detectionTimeMicroseconds < $1.detectionTimeMicroseconds }
        if let slowest {
            timers.bfdInterval = Milliseconds(nanoseconds: slowest.receiveInterval.nanoseconds)
            timers.bfdMultiplier = Int(slowest.remoteDetectMult)
            timers.bfdReverseInterval = Milliseconds(nanoseconds: slowest.transmitInterval.nanoseconds)
            timers.bfdReverseMultiplier = Int(slowest.detectMult)
        }
        let frequentCount = transits.isEmpty ? addresses.count : transits.count
        try Self.check(ProbeSchedule(interval: probing.interval, frequentCount: frequentCount))
        for transit in transits {
            let (active, standby) = try Self.instances(for: transit, in: database)
            flows += transit.flows(
                numbered: flows.count, active: active, standby: standby, interval: probing.interval)
        }
        for source in sources where transits.isEmpty {
            // Another subnet's table may be another route server's.
            let database = source == sources.first ? database : try lab.governingDatabase(of: addresses, for: source)
            for prefix in addresses {
                let (active, standby) = try Self.instances(for: prefix, in: database)
                flows.append(
                    Flow(
                        number: UInt16(flows.count), node: source, destination: prefix.address, prefix: prefix,
                        active: active, standby: standby, interval: plan.probing.interval))
            }
        }
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
    mutating func addSamples(of block: PrefixBlock, count: Int, probing: ProbeSettings) throws {
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
    mutating func addOutward(in lab: Lab, probing: ProbeSettings) throws {
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

extension Lab {
    /// The floating IPs that a trial probes, the primary flow's first.
    fileprivate func probedAddresses(_ settings: FlowSettings) throws -> [IPPrefix] {
        let all = floatingAddresses
        guard !settings.floatingAddresses.isEmpty else { return all }
        return try settings.floatingAddresses.map { address in
            guard let prefix = all.first(where: { $0.address == address }) else {
                let list = all.map { "\($0.address)" }.joined(separator: ", ")
                throw LabError("\(address) is no floating IP of the lab", advice: "its floating IPs are \(list)")
            }
            return prefix
        }
    }

    /// The nodes that a trial probes from, the primary flow's first.
    fileprivate func probeSources(_ settings: FlowSettings) throws -> [String] {
        guard !settings.sources.isEmpty else { return [try testHost()] }
        let answering = Set(state.model.answeringInstances.map(\.name))
        let hosts = state.model.instances.map(\.name).filter { !answering.contains($0) }
        for node in settings.sources where !hosts.contains(node) {
            let reason =
                answering.contains(node)
                ? "\(node) cannot probe: it has a floating IP or announces it, and would answer itself"
                : "\(node) cannot probe: it is no instance of the lab"
            throw LabError(reason, advice: "those that can are \(hosts.joined(separator: ", "))")
        }
        return settings.sources
    }
}
