// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The probers of one trial, and the account of every flow.
///
/// A node has one prober for all inward probes of a family, and one for each floating IP from which it sends.
final class FlowProbers {
    let flows: [Flow]
    private let lab: Lab
    private let feed: EventFeed
    /// What their probes are recognized by.
    let cookie = UInt64.random(in: .min ... .max)
    /// With the threshold that was decided on before the fault.
    private(set) var probing: ProbeSettings
    private var probers: [Prober] = []
    /// For each flow, by its number.
    private var accounts: [Account] = []
    /// Whose probes each stream's are, by its number.
    private var owners: [StreamOwner] = []

    private struct StreamOwner {
        var flow: FlowNumber
        /// Outward: the sending instance.
        var sender: String?
    }

    /// What is known about one flow.
    private struct Account {
        var records: FlowRecords
        /// When the latest reply from each instance arrived; outward: at each instance.
        var latestReply: [String: Instant] = [:]
    }

    /// The times to live of packets from an ordinary host, as sent and after the router's hop.
    private static let hostTimesToLive = [LabPlan.ordinaryTimeToLive, LabPlan.ordinaryTimeToLive - 1]

    /// Starts a prober on every node where a flow begins.
    ///
    /// Each flow's number is its index in `flows`, the inward ones first.
    init(_ flows: [Flow], probing: ProbeSettings, lab: Lab, feed: EventFeed) throws {
        self.flows = flows
        self.lab = lab
        self.feed = feed
        self.probing = probing
        accounts = flows.map { flow in
            var records = FlowRecords(flow: flow, ledger: ledger(of: flow, sender: flow.active))
            records.standby = flow.direction == .outward ? flow.standby.map { ledger(of: flow, sender: $0) } : nil
            return Account(records: records)
        }
        owners = flows.filter { $0.direction == .inward }.map { StreamOwner(flow: $0.number) }
        var nodes: [String] = []
        for flow in flows where flow.direction == .inward && !nodes.contains(flow.node) { nodes.append(flow.node) }
        for node in nodes {
            let own = flows.filter { $0.direction == .inward && $0.node == node }
            for family in AddressFamily.allCases {
                let flows = own.filter { $0.destination.family == family }
                if !flows.isEmpty { try startInward(on: node, flows) }
            }
        }
        for flow in flows where flow.direction == .outward {
            for sender in [flow.active, flow.standby].compactMap(\.self) { try startOutward(flow, from: sender) }
        }
    }

    private func ledger(of flow: Flow, sender: String) -> ProbeLedger {
        var settings = probing
        settings.interval = flow.interval
        // A host's replies say nothing about which instance is active; the instance that receives them does.
        let heard = Dictionary(Self.hostTimesToLive.map { ($0, sender) }, uniquingKeysWith: { first, _ in first })
        return ProbeLedger(
            settings: settings, instances: flow.direction == .inward ? lab.layout.instancesByTimeToLive : heard)
    }

    private func startInward(on node: String, _ flows: [Flow]) throws {
        // The schedule's frequent flows come first, and so does the primary one.
        let flows = flows.filter { $0.role != .sample } + flows.filter { $0.role == .sample }
        let samples = flows.count { $0.role == .sample }
        let settings = ProberProgramSettings(
            destinations: flows.map { .init(stream: Self.stream(ofInward: $0), address: $0.destination) },
            schedule: ProbeSchedule(
                interval: probing.interval, frequentCount: flows.count - samples, sparseCount: samples),
            cookie: cookie, messageByteCount: probing.messageByteCount, linger: Prober.linger)
        try start(on: node, settings, streams: flows.map(Self.stream(ofInward:)))
    }

    private static func stream(ofInward flow: Flow) -> ProbeStream { ProbeStream(rawValue: flow.number.rawValue) }

    private func startOutward(_ flow: Flow, from sender: String) throws {
        let stream = ProbeStream(rawValue: UInt16(owners.count))
        owners.append(StreamOwner(flow: flow.number, sender: sender))
        let settings = ProberProgramSettings(
            destinations: [.init(stream: stream, address: flow.destination)],
            schedule: ProbeSchedule(interval: flow.interval, frequentCount: 1), source: flow.prefix.address,
            cookie: cookie, messageByteCount: probing.messageByteCount, linger: Prober.linger, recordsAtOnce: true)
        try start(on: sender, settings, streams: [stream])
    }

    private func start(on node: String, _ settings: ProberProgramSettings, streams own: [ProbeStream]) throws {
        probers.append(
            try Prober(on: node, settings: settings, number: probers.count, lab: lab, feed: feed) {
                [unowned self] record in
                guard let stream = record.stream else {
                    // The end record concerns the whole prober, and so all its flows.
                    for stream in own { take(record, of: stream) }
                    return
                }
                guard owners.indices.contains(Int(stream.rawValue)) else { return }
                if case .received(_, let sequence, let instant, let timeToLive) = record {
                    takeReply(
                        record, .init(sequence: sequence, at: instant), timeToLive: timeToLive, of: stream,
                        heardBy: node)
                } else {
                    take(record, of: stream)
                }
            })
    }

    // MARK: Records

    private func owner(of stream: ProbeStream) -> StreamOwner { owners[Int(stream.rawValue)] }

    private func take(_ record: ProbeRecord, of stream: ProbeStream) {
        let owner = owner(of: stream)
        if let sender = owner.sender, sender != accounts[owner.flow.index].records.flow.active {
            accounts[owner.flow.index].records.standby?.record(record)
        } else {
            accounts[owner.flow.index].records.ledger.record(record)
        }
    }

    private func takeReply(
        _ record: ProbeRecord, _ reply: FlowRecords.HeardReply, timeToLive: UInt8, of stream: ProbeStream,
        heardBy node: String
    ) {
        let owner = owner(of: stream)
        guard let sender = owner.sender else {
            take(record, of: stream)
            guard let instance = accounts[owner.flow.index].records.ledger.instances[timeToLive] else { return }
            return noteReply(of: instance, on: owner.flow, at: reply.at)
        }
        if sender == node {
            take(record, of: stream)
        } else if node == accounts[owner.flow.index].records.flow.active {
            accounts[owner.flow.index].records.heardByActive.append(reply)
        } else {
            accounts[owner.flow.index].records.heardByStandby.append(reply)
        }
        noteReply(of: node, on: owner.flow, at: reply.at)
    }

    private func noteReply(of instance: String, on flow: FlowNumber, at instant: Instant) {
        accounts[flow.index].latestReply[instance] = max(instant, accounts[flow.index].latestReply[instance] ?? .zero)
    }

    /// Decides how late a reply may be, from those that have arrived; `faultDelay` is what the fault adds on purpose.
    func decideThreshold(faultDelay: Milliseconds) {
        guard probing.derivesThreshold else { return }
        let roundTrip = accounts.compactMap(\.records.ledger.longestRoundTrip).max()
        let threshold = ProbeSettings.derivedThreshold(roundTrip: roundTrip, faultDelay: faultDelay)
        probing.forwardingDelayThreshold = threshold
        for index in accounts.indices {
            accounts[index].records.ledger.setThreshold(threshold)
            accounts[index].records.standby?.setThreshold(threshold)
        }
    }

    // MARK: What is known

    /// The primary flow's ledger.
    var ledger: ProbeLedger { accounts[0].records.ledger }
    var records: [FlowRecords] { accounts.map(\.records) }

    /// When an instance last answered a flow; nil if it never did.
    func latestReply(of instance: String, on flow: Flow) -> Instant? {
        accounts[flow.number.index].latestReply[instance]
    }

    /// Whether an instance has answered each of the flows after an instant.
    func haveAnswered(_ flows: [Flow], after start: Instant, from instance: (Flow) -> String?) -> Bool {
        flows.allSatisfy { flow in
            guard let instance = instance(flow) else { return true }
            // A prober that ended with its instance receives nothing more.
            if flow.direction == .outward, probers.contains(where: { $0.node == instance && $0.hasEnded }) {
                return true
            }
            return latestReply(of: instance, on: flow).map { $0 > start } ?? false
        }
    }

    /// When the outcome of every probe sent by `instant` is certain; nil if it already is.
    func decided(sentBy instant: Instant) -> Instant? {
        // The standby's outward probes are not answered to itself, and no waiting changes that.
        accounts.filter { $0.records.flow.direction == .inward }
            .compactMap { $0.records.ledger.decided(sentBy: instant) }.max()
    }

    /// Until when all of them listened at least; nil before they were asked to end.
    var listenedUntil: Instant? { probers.compactMap(\.listenedUntil).min() }

    /// Whether a prober that a flow needs, and that does not end with a failing instance, has ended: no more replies will
    /// come, and the trial is not valid.
    var hasLostProber: Bool {
        let nodes = Set(flows.filter { $0.direction == .inward }.map(\.node))
        return probers.contains { $0.hasEnded && nodes.contains($0.node) }
    }

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
