// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import WireFormat

/// A measurement with planted results: a probe each millisecond from 0, with the given fates.
///
/// Instants are in microseconds here, to keep them short.
struct PlantedTrial {
    static let activeTTL: UInt8 = 61
    static let standbyTTL: UInt8 = 62
    static let instances: [UInt8: String] = [activeTTL: "az1", standbyTTL: "az2"]
    static let session1 = TrialSubject.Session(endpoint: "rse-1", peer: address("10.0.0.10"))
    static let session2 = TrialSubject.Session(endpoint: "rse-2", peer: address("10.0.0.10"))
    static let standbyNextHop = address("10.0.1.10")
    static let activeNextHop = address("10.0.0.10")
    static let prefix = IPPrefix(host: address("172.16.1.1"))

    var settings = ProbeSettings(
        forwardingDelayThreshold: Milliseconds(100), sustainedValidation: Milliseconds(50))
    var timers = SessionTimers(holdTime: Milliseconds(90_000))
    var fault = FaultName.kill
    /// Nil for the one fault.
    var script: FaultSequence?
    var steps: [PlayedStep] = []
    var asBefore: Instant?
    var foundGoneAt: Instant?
    var events: [TraceEvent] = []
    var ledger: ProbeLedger
    var witnesses: WitnessRecords?

    init(settings: ProbeSettings? = nil) {
        if let settings {
            self.settings = settings
        }
        ledger = ProbeLedger(settings: self.settings, instances: Self.instances)
    }

    static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? .v4(.any)
    }

    static func at(_ microseconds: Int64) -> Instant {
        Instant(nanoseconds: microseconds * 1_000)
    }

    /// Probes with these sequence numbers, each sent on time; a reply takes 50 µs.
    mutating func plant(_ sequences: some Sequence<UInt64>, answeredWith timeToLive: UInt8?) {
        for sequence in sequences {
            let sent = Int64(sequence) * 1_000
            ledger.record(.sent(sequence: sequence, at: Self.at(sent)))
            if let timeToLive {
                ledger.record(.received(sequence: sequence, at: Self.at(sent + 50), timeToLive: timeToLive))
            }
        }
    }

    mutating func plantEnd(lateness: Milliseconds = .zero) {
        ledger.record(
            .end(
                ProberSummary(
                    sentCount: 0, maximumLateness: lateness, percentile99Lateness: .zero, hadRealTimePriority: true,
                    hadLockedMemory: true)))
    }

    mutating func stamp(
        _ kind: TraceEvent.Kind, _ microseconds: Int64, node: String = "rslab", cause: Cause? = nil,
        session: TrialSubject.Session? = nil, nextHop: IPAddress? = nil, table: String? = nil,
        detail: TraceEvent.Detail? = nil
    ) {
        events.append(
            TraceEvent(
                at: Self.at(microseconds), node: node, kind: kind, endpoint: session?.endpoint, peer: session?.peer,
                prefix: nextHop == nil ? nil : Self.prefix, nextHop: nextHop, table: table, cause: cause,
                detail: detail))
    }

    /// Adds all stamps of a regular failover whose fault is at `start`.
    mutating func stampFailover(from start: Int64) {
        stamp(.faultInjecting, start)
        stamp(.faultInjected, start + 100)
        stamp(.sessionDown, start + 300, node: "rs", cause: .session(.closedByPeer(.fin)), session: Self.session1)
        stamp(.sessionDown, start + 400, node: "rs", cause: .session(.closedByPeer(.reset)), session: Self.session2)
        stamp(.bestPathChanged, start + 450, node: "rs", nextHop: Self.standbyNextHop)
        stamp(.tableWritten, start + 600, node: "rs", nextHop: Self.standbyNextHop, table: "rt")
        stamp(.tableChanged, start + 650, node: "vpc", nextHop: Self.standbyNextHop, table: "rt")
    }

    var sequence: FaultSequence { script ?? FaultSequence(FaultRequest(fault)) }

    var subject: TrialSubject {
        TrialSubject(
            fault: sequence.single?.name, active: "az1", standby: "az2", sessions: [Self.session1, Self.session2],
            standbyNextHops: [Self.standbyNextHop], activeNextHops: [Self.activeNextHop], prefix: Self.prefix,
            table: nil, routeServerNode: "rs", proberNode: "client", parameters: sequence.single?.parameters)
    }

    func trial(
        listenedUntil: Instant? = nil, foreignCPUShare: Double? = nil, machine: MachineConditions? = nil,
        applications: ApplicationLedger? = nil
    ) throws(TrialError) -> Trial {
        var records = TrialRecords(ledger: ledger, events: events)
        records.steps = steps
        records.witnesses = witnesses
        records.asBefore = asBefore
        records.foundGoneAt = foundGoneAt
        records.listenedUntil = listenedUntil
        records.foreignCPUShare = foreignCPUShare
        records.machine = machine
        records.applications = applications
        return try Trial(
            number: 1, subject: subject, sequence: sequence,
            settings: TrialSettings(probing: settings, timers: timers), records: records)
    }

    /// The plain case: one probe lost at 100 ms, the standby from 101 ms on, observed until 200 ms.
    static var oneLost: PlantedTrial {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: activeTTL)
        planted.plant(100...100, answeredWith: nil)
        planted.plant(101...200, answeredWith: standbyTTL)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        return planted
    }
}
