// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The records of an application's client, planted one by one.
///
/// A request is due every 10 ms from 0; the fault occurs at 1 s. Instants are in microseconds here.
struct PlantedApplication {
    static let active: UInt16 = 1
    static let standby: UInt16 = 2
    static let fault: Int64 = 1_000_000

    var ledger: ApplicationLedger
    private var counts: [ApplicationProtocol: UInt64] = [:]

    init(_ protocols: [ApplicationProtocol] = [.tcp]) {
        ledger = ApplicationLedger(
            settings: ApplicationSettings(protocols: protocols), responders: [Self.active: "az1", Self.standby: "az2"],
            instances: PlantedTrial.instances)
    }

    static func at(_ microseconds: Int64) -> Instant { PlantedTrial.at(microseconds) }

    /// One request; nil for no reply.
    mutating func ask(
        _ flow: ApplicationProtocol, at asked: Int64, repliedAt: Int64? = nil, by responder: UInt16 = active,
        connection: UInt32 = 1
    ) {
        let sequence = counts[flow] ?? 0
        counts[flow] = sequence + 1
        ledger.record(.asked(flow, sequence: sequence, connection: connection, at: Self.at(asked)))
        guard let repliedAt else { return }
        ledger.record(.replied(flow, sequence: sequence, responder: responder, at: Self.at(repliedAt)))
    }

    /// One request that was due and could not be sent.
    mutating func skip(_ flow: ApplicationProtocol, at due: Int64) {
        let sequence = counts[flow] ?? 0
        counts[flow] = sequence + 1
        ledger.record(.unsent(flow, sequence: sequence, at: Self.at(due)))
    }

    /// Requests every 10 ms in a range of milliseconds; either each is answered after 50 µs, or none is.
    mutating func serve(
        _ flow: ApplicationProtocol, _ milliseconds: Range<Int64>, by responder: UInt16?, connection: UInt32 = 1
    ) {
        for asked in stride(from: milliseconds.lowerBound, to: milliseconds.upperBound, by: 10) {
            let instant = asked * 1_000
            ask(
                flow, at: instant, repliedAt: responder.map { _ in instant + 50 }, by: responder ?? 0,
                connection: connection)
        }
    }

    mutating func connect(_ number: UInt32, from dialled: Int64, to connected: Int64) {
        ledger.record(.connecting(connection: number, at: Self.at(dialled)))
        ledger.record(.connected(connection: number, at: Self.at(connected)))
    }

    /// The kernel's report on a connection: the timeout and how long ago it last sent, in milliseconds.
    mutating func look(
        _ number: UInt32, at instant: Int64, timeout: Double, retransmissions: UInt32, timeouts: UInt16,
        sentAgo: UInt32 = 0
    ) {
        ledger.record(
            .transmission(
                connection: number,
                TransmissionState(
                    retransmissionTimeout: Milliseconds(timeout), consecutiveTimeouts: timeouts,
                    retransmissions: retransmissions, sinceLastSendMilliseconds: sentAgo), at: Self.at(instant)))
    }

    mutating func end(lateness: Milliseconds = .zero) {
        ledger.record(
            .end(
                ApplicationClientSummary(
                    requestCount: counts.values.reduce(0, +), lateCount: 0, maximumLateness: lateness,
                    hadRealTimePriority: true, hadLockedMemory: true)))
    }

    func stall(_ flow: ApplicationProtocol = .tcp, until end: Int64 = 3_000_000) -> ApplicationStall {
        ApplicationStall(
            requests: ledger.requests(flow), connections: flow == .tcp ? ledger.connections : [],
            event: Self.at(Self.fault), end: Self.at(end), interval: ledger.settings.interval)
    }

    func flow(
        _ flow: ApplicationProtocol = .tcp, restoredAt restore: Int64? = nil, includesRestore: Bool = false
    ) -> ApplicationFlow {
        ApplicationFlow(
            flow, ledger: ledger,
            span: FaultSpan(
                fault: EventInstants(before: Self.at(Self.fault), after: nil),
                restore: restore.map { EventInstants(before: Self.at($0), after: nil) },
                includesRestore: includesRestore))
    }

    /// A silent instance behind a route that moves after 715 ms.
    ///
    /// TCP's third retransmission, at 937 ms, reaches the standby, which resets the connection; the standby serves from
    /// then on.
    static var reset: PlantedApplication {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: active)
        planted.serve(.tcp, 1_000..<1_940, by: nil)
        planted.look(1, at: 1_010_000, timeout: 204, retransmissions: 0, timeouts: 0)
        planted.look(1, at: 1_020_000, timeout: 204, retransmissions: 1, timeouts: 0, sentAgo: 4)
        planted.look(1, at: 1_520_000, timeout: 408, retransmissions: 2, timeouts: 1, sentAgo: 4)
        planted.ledger.record(.closing(isReset: true, timeToLive: 62, at: at(1_937_020)))
        planted.look(1, at: 1_937_030, timeout: 816, retransmissions: 3, timeouts: 2)
        planted.ledger.record(.ended(connection: 1, code: 104, at: at(1_937_040)))
        planted.connect(2, from: 1_937_050, to: 1_937_250)
        planted.ask(.tcp, at: 1_937_260, repliedAt: 1_937_400, by: standby, connection: 2)
        planted.serve(.tcp, 1_940..<3_000, by: standby, connection: 2)
        planted.end()
        return planted
    }
}
