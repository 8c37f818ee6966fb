// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// Who observes a trial's primary flow besides its prober, and what passes the router.
///
/// The witness is a second prober on the same host, with a schedule, a socket and an identifier of its own. The packets
/// program stamps the first prober's packets in the router. Neither shares anything with what it is compared with.
final class TrialObservers {
    /// The witness's identifier differs from those of all flows.
    private static let witnessStream: ProbeStream = 0x8000
    private static let witnessName = "witness"
    private static let packetsLinger = Duration.milliseconds(40)

    private let flow: Flow
    private let feed: EventFeed
    private var witness: Observer?
    private var packets: Observer?

    private final class Observer {
        var ledger: ProbeLedger
        var prober: Prober?

        init(_ ledger: ProbeLedger) { self.ledger = ledger }
    }

    /// Starts those that the plan asks for.
    ///
    /// - Parameter flow: the primary one.
    init(of flow: Flow, cookie: UInt64, plan: TrialPlan, lab: Lab, feed: EventFeed) throws {
        self.flow = flow
        self.feed = feed
        var settings = plan.probing
        settings.interval = flow.interval
        let ledger = ProbeLedger(settings: settings, instances: lab.layout.instancesByTimeToLive)
        if plan.isWitnessed { try startWitness(ledger, lab) }
        if plan.isWitnessed || plan.keepsPackets {
            try startPackets(ledger, cookie: cookie, of: plan.isWitnessed, isKept: plan.keepsPackets, lab)
        }
    }

    private func startWitness(_ ledger: ProbeLedger, _ lab: Lab) throws {
        let observer = Observer(ledger)
        let settings = ProberProgramSettings(
            destinations: [.init(stream: Self.witnessStream, address: flow.destination)],
            schedule: ProbeSchedule(interval: flow.interval, frequentCount: 1), cookie: .random(in: .min ... .max),
            messageByteCount: ledger.settings.messageByteCount, linger: Prober.linger)
        witness = observer
        observer.prober = try Prober(
            on: flow.node, verb: ProberProgramSettings.programName, name: Self.witnessName,
            file: "\(flow.node).\(Self.witnessName)", settings: settings, lab: lab, feed: feed
        ) { [unowned observer] in observer.ledger.record($0) }
    }

    private func startPackets(
        _ ledger: ProbeLedger, cookie: UInt64, of isStamped: Bool, isKept: Bool, _ lab: Lab
    ) throws {
        let observer = Observer(ledger)
        let node = LabPlan.vpcNode
        let program = PacketsProgramSettings.programName
        let stream = ProbeStream(rawValue: flow.number.rawValue)
        packets = observer
        observer.prober = try Prober(
            on: node, verb: program, name: program, file: "\(node).\(program)",
            settings: PacketsProgramSettings(
                link: isStamped ? lab.plan.leg(to: flow.node)?.index : nil, cookie: cookie,
                captureFile: isKept ? lab.directory.captureFile : nil, linger: Self.packetsLinger),
            lab: lab, feed: feed
        ) { [unowned observer] record in
            guard record.stream == nil || record.stream == stream else { return }
            observer.ledger.record(record)
        }
    }

    /// Takes the threshold that the trial's prober has.
    func decideThreshold(_ threshold: Milliseconds) {
        for observer in [witness, packets] { observer?.ledger.setThreshold(threshold) }
    }

    /// What they recorded; nil if the plan asks for none.
    var records: WitnessRecords? {
        witness.map {
            WitnessRecords(
                prober: $0.ledger, proberListenedUntil: $0.prober?.listenedUntil, packets: packets?.ledger)
        }
    }

    /// Ends them, after the trial's probers: what those sent has passed the router then.
    func end() throws {
        let probers = [witness?.prober, packets?.prober].compactMap(\.self)
        probers.forEach { $0.finish() }
        guard try feed.wait(until: .now + .seconds(5), for: { probers.allSatisfy(\.hasEnded) }) else {
            let nodes = probers.filter { !$0.hasEnded }.map(\.node)
            throw LabError(
                "the witness on \(nodes.joined(separator: ", ")) does not end",
                advice: "see 'rslab logs \(nodes.first ?? "")'")
        }
        if packets != nil, packets?.ledger.summary == nil {
            throw LabError(
                "what passes \(LabPlan.vpcNode) could not be recorded", advice: "see 'rslab logs \(LabPlan.vpcNode)'")
        }
    }
}
