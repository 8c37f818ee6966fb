// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import NodeRuntime
internal import WireFormat

/// The probers of one trial, one a node, and the account of every flow.
final class FlowProbers {
    let flows: [Flow]
    private let lab: Lab
    private let feed: EventFeed
    private let cookie = UInt64.random(in: .min ... .max)
    private let probing: ProbeSettings
    private var probers: [Prober] = []
    /// Of each flow, by its number.
    private var accounts: [Account] = []

    /// What is known of one flow.
    private struct Account {
        var records: FlowRecords
        /// When the latest reply of each instance arrived; outward: at each instance.
        var latestReply: [String: Instant] = [:]
    }

    /// Starts a prober on every node that a flow begins at.
    ///
    /// Each flow's number is its place in `flows`.
    init(_ flows: [Flow], probing: ProbeSettings, lab: Lab, feed: EventFeed) throws {
        self.flows = flows
        self.lab = lab
        self.feed = feed
        self.probing = probing
        accounts = flows.map { flow in
            var settings = probing
            settings.interval = flow.interval
            return Account(
                records: FlowRecords(
                    flow: flow, ledger: ProbeLedger(settings: settings, instances: lab.instancesByTimeToLive)))
        }
        var nodes: [String] = []
        for flow in flows where flow.direction == .inward && !nodes.contains(flow.node) { nodes.append(flow.node) }
        for node in nodes {
            try startInward(on: node, flows.filter { $0.direction == .inward && $0.node == node })
        }
    }

    private func startInward(on node: String, _ flows: [Flow]) throws {
        // The schedule's frequent flows come first; so does the primary one.
        let flows = flows.filter { $0.role == .floatingAddress } + flows.filter { $0.role == .sample }
        let settings = ProberProgram.Settings(
            destinations: try flows.map { flow in
                guard case .v4(let address) = flow.destination else {
                    throw LabError("\(flow.destination) cannot be probed: only IPv4 addresses can")
                }
                return .init(flow: flow.number, address: address)
            },
            schedule: Self.schedule(of: flows, probing: probing), cookie: cookie,
            messageByteCount: probing.messageByteCount, linger: Prober.linger)
        probers.append(
            try Prober(on: node, settings: settings, lab: lab, feed: feed) { [unowned self] in take($0, from: node) })
    }

    private static func schedule(of flows: [Flow], probing: ProbeSettings) -> ProbeSchedule {
        let samples = flows.count { $0.role == .sample }
        return ProbeSchedule(
            interval: probing.interval, frequentCount: flows.count - samples, sparseCount: samples)
    }

    private func take(_ record: ProbeRecord, from node: String) {
        guard let flow = record.flow else {
            // The end is the whole prober's, and so of all its flows.
            for number in accounts.indices where flows[number].node == node {
                accounts[number].records.ledger.record(record)
            }
            return
        }
        let number = Int(flow)
        guard accounts.indices.contains(number) else { return }
        accounts[number].records.ledger.record(record)
        if case .received(_, _, let instant, let timeToLive) = record,
            let instance = accounts[number].records.ledger.instances[timeToLive]
        {
            accounts[number].latestReply[instance] = max(
                instant, accounts[number].latestReply[instance] ?? .zero)
        }
    }

    // MARK: What is known

    /// The primary flow's.
    var ledger: ProbeLedger { accounts[0].records.ledger }
    var records: [FlowRecords] { accounts.map(\.records) }

    /// When an instance answered a flow last; nil when it never did.
    func latestReply(of instance: String, on flow: Flow) -> Instant? {
        accounts[Int(flow.number)].latestReply[instance]
    }

    /// Whether an instance has answered each of some flows after an instant.
    func haveAnswered(_ flows: [Flow], after start: Instant, from instance: (Flow) -> String?) -> Bool {
        flows.allSatisfy { flow in
            guard let instance = instance(flow) else { return true }
            return latestReply(of: instance, on: flow).map { $0 > start } ?? false
        }
    }

    /// When the fate of every probe sent by `instant` is certain; nil if it is already.
    func decided(sentBy instant: Instant) -> Instant? {
        // What the standby sends outward is not answered to itself, and no listening changes that.
        accounts.filter { $0.records.flow.direction == .inward }
            .compactMap { $0.records.ledger.decided(sentBy: instant) }.max()
    }

    /// Until when all of them listened at least; nil while nobody asked them to end.
    var listenedUntil: Instant? { probers.compactMap(\.listenedUntil).min() }

    /// The node of a prober that has ended, if one has.
    var endedNode: String? { probers.first(where: \.hasEnded)?.node }

    // MARK: Ending

    /// Ends all probers, and waits for their last records.
    func end() throws {
        probers.forEach { $0.finish() }
        guard try feed.wait(until: .now + .seconds(5), for: { probers.allSatisfy(\.hasEnded) }) else {
            let nodes = probers.filter { !$0.hasEnded }.map(\.node)
            throw LabError(
                "the prober on \(nodes.joined(separator: ", ")) does not end",
                advice: "see 'rslab logs \(nodes.first ?? "")'")
        }
    }
}
