// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

extension Scenario {
    /// The blackhole again, with a TCP connection and datagrams next to the probes.
    static let applications = Scenario(name: "trial-applications") { .trial(try measured()) }

    static let applicationRun = Scenario(name: "run-applications") {
        .run(run([try measured(), try measured()]))
    }

    /// A killed instance whose kernel closes the connection, refuses once, and is then gone: the next SYN is lost.
    static let applicationsDialling = Scenario(name: "trial-applications-dialling") {
        var client = Client()
        client.serve(0..<1_000, by: 1)
        client.record(.closing(isReset: false, timeToLive: 61, at: client.at(1_000_480)))
        client.record(.ended(connection: 1, code: 0, at: client.at(1_000_500)))
        client.record(.connecting(connection: 2, at: client.at(1_000_510)))
        client.record(.closing(isReset: true, timeToLive: 61, at: client.at(1_000_590)))
        client.record(.ended(connection: 2, code: 111, at: client.at(1_000_600)))
        client.skip(1_000..<2_020, over: .tcp)
        client.record(.connecting(connection: 3, at: client.at(1_010_600)))
        client.retransmit(3, at: 2_018_700, timeout: 2_000, count: 1)
        client.record(.connected(connection: 3, at: client.at(2_018_710)))
        client.serve(1_000..<1_010, by: nil, over: [.udp])
        client.record(.refused(code: 111, at: client.at(1_000_100)))
        client.serve(1_010..<4_800, by: 2, over: [.udp])
        client.serve(2_020..<4_800, by: 2, over: [.tcp])
        client.end()
        return .trial(
            try story(number: 3, fault: .kill, lost: 1, detected: [420, 510], applications: client.ledger))
    }

    private static func measured() throws -> Trial {
        var client = Client()
        client.serve(0..<1_000, by: 1)
        client.serve(1_000..<1_850, by: nil, over: [.udp])
        client.serve(1_000..<1_940, by: nil, over: [.tcp])
        client.retransmit(1, at: 1_016_700, timeout: 204, count: 1)
        client.retransmit(1, at: 1_520_100, timeout: 408, count: 2)
        client.retransmit(1, at: 1_936_020, timeout: 816, count: 3)
        client.record(.closing(isReset: true, timeToLive: 62, at: client.at(1_936_030)))
        client.record(.ended(connection: 1, code: 104, at: client.at(1_936_050)))
        client.connect(2, from: 1_936_060, to: 1_936_240)
        client.serve(1_940..<3_300, by: 2, over: [.tcp])
        client.serve(1_850..<3_300, by: 2, over: [.udp])
        client.serve(3_360..<4_800, by: 1)
        client.end()
        return try blackholeStory(applications: client.ledger)
    }

    /// Records what an application's client would report; instants in microseconds.
    private struct Client {
        var ledger = ApplicationLedger(
            settings: ApplicationSettings(protocols: [.tcp, .udp]),
            responders: [1: "instance-rs-az1", 2: "instance-rs-az2"],
            instances: [61: "instance-rs-az1", 62: "instance-rs-az2"])
        private var counts: [ApplicationProtocol: UInt64] = [:]

        init() {
            connect(1, from: -500, to: -300)
            look(1, at: -200, timeout: 204, count: 0)
        }

        func at(_ microseconds: Int64) -> Instant { Instant(nanoseconds: microseconds * 1_000) }

        mutating func record(_ record: ApplicationRecord) { ledger.record(record) }

        mutating func serve(
            _ milliseconds: Range<Int64>, by responder: UInt16?, over flows: [ApplicationProtocol] = [.tcp, .udp]
        ) {
            for flow in flows {
                for asked in stride(from: milliseconds.lowerBound, to: milliseconds.upperBound, by: 10) {
                    let sequence = counts[flow] ?? 0
                    counts[flow] = sequence + 1
                    record(.asked(flow, sequence: sequence, connection: 1, at: at(asked * 1_000 + 8)))
                    guard let responder else { continue }
                    record(
                        .replied(flow, sequence: sequence, responder: responder, at: at(asked * 1_000 + 69)))
                }
            }
        }

        mutating func skip(_ milliseconds: Range<Int64>, over flow: ApplicationProtocol) {
            for due in stride(from: milliseconds.lowerBound, to: milliseconds.upperBound, by: 10) {
                let sequence = counts[flow] ?? 0
                counts[flow] = sequence + 1
                record(.unsent(flow, sequence: sequence, at: at(due * 1_000 + 708)))
            }
        }

        mutating func connect(_ number: UInt32, from dialled: Int64, to connected: Int64) {
            record(.connecting(connection: number, at: at(dialled)))
            record(.connected(connection: number, at: at(connected)))
        }

        private mutating func look(_ number: UInt32, at instant: Int64, timeout: Double, count: UInt32) {
            record(
                .transmission(
                    connection: number,
                    TransmissionState(
                        retransmissionTimeout: Milliseconds(timeout),
                        consecutiveTimeouts: timeout > 204 ? UInt16(count - 1) : 0,
                        retransmissions: count, sinceLastSendMilliseconds: 0), at: at(instant)))
        }

        mutating func retransmit(_ number: UInt32, at instant: Int64, timeout: Double, count: UInt32) {
            look(number, at: instant, timeout: timeout, count: count)
        }

        mutating func end() {
            record(
                .end(
                    ApplicationClientSummary(
                        requestCount: counts.values.reduce(0, +), lateCount: 0, maximumLateness: Milliseconds(0.18),
                        hadRealTimePriority: true, hadLockedMemory: true)))
        }
    }
}
