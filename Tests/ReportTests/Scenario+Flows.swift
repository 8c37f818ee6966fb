// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import WireFormat

extension Scenario {
    /// Three floating IPs, one of them another instance's, one also probed from inside, and a table of prefixes.
    static let flows = Scenario(name: "trial-flows") { .trial(try flowTrial(number: 1, lost: 846)) }

    static let flowRun = Scenario(name: "run-of-flows") {
        .run(run(try [846, 790, 901].enumerated().map { try flowTrial(number: $0.offset + 1, lost: $0.element) }))
    }

    private static func flowTrial(number: Int, lost: UInt64) throws -> Trial {
        let settings = TrialSettings(
            probing: ProbeSettings(sustainedValidation: brief),
            flows: FlowSettings(isOutward: true, prefixCount: 1_000, sampleCount: 2),
            timers: SessionTimers(holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(300), bfdMultiplier: 3))
        var recorder = Recorder(settings: settings.probing)
        recorder.serve(lost: lost)
        recorder.stampBlackhole(lost: Int64(lost))
        var records = [FlowRecords(flow: flow(0, to: 0xAC10_0101), ledger: recorder.ledger)]
        records.append(FlowRecords(flow: flow(1, to: 0xAC10_0102), ledger: Self.ledger(lost: lost + 3)))
        var quiet = Recorder(settings: settings.probing)
        quiet.probe(0..<2_400, answeredBy: Recorder.standby)
        quiet.end()
        records.append(
            FlowRecords(
                flow: flow(2, to: 0xAC10_0103, active: "instance-rs-az2", standby: "instance-rs-az1"),
                ledger: quiet.ledger))
        let block = PrefixBlock(count: 1_000)
        for (sample, index) in (block?.samples(2) ?? []).enumerated() {
            guard case .v4(let address) = block?.address(index) else { continue }
            records.append(
                FlowRecords(
                    flow: flow(3 + sample, to: address.bits, role: .sample),
                    ledger: Self.ledger(lost: lost + 4 + UInt64(sample) * 9)))
        }
        records.append(outward(5, lost: lost))
        return try recorder.trial(number, .blackhole, settings) {
            $0.flows = records
            $0.prefixes = block.map { prefixes($0, from: 1_000_000 + Int64(lost) * 1_000) }
            $0.foreignCPUShare = 0.021
        }
    }

    private static func flow(
        _ number: Int, to bits: UInt32, role: Flow.Role = .floatingAddress, active: String = "instance-rs-az1",
        standby: String = "instance-rs-az2"
    ) -> Flow {
        let address = IPAddress.v4(IPv4Address(bits: bits))
        return Flow(
            number: FlowNumber(number), role: role, node: "access-instance", destination: address,
            prefix: IPPrefix(host: address), active: active, standby: standby, interval: Milliseconds(1))
    }

    private static func ledger(lost: UInt64) -> ProbeLedger {
        var recorder = Recorder(settings: ProbeSettings())
        recorder.serve(lost: lost)
        return recorder.ledger
    }

    /// The probes of both instances from 172.16.1.1, and which of them received the replies.
    private static func outward(_ number: Int, lost: UInt64) -> FlowRecords {
        func sender(_ name: String, hears: Range<UInt64>) -> ProbeLedger {
            var recorder = Recorder(settings: ProbeSettings())
            recorder.ledger = ProbeLedger(settings: ProbeSettings(), instances: [63: name])
            recorder.probe(0..<hears.lowerBound, answeredBy: nil)
            recorder.probe(hears, answeredBy: 63)
            recorder.probe(hears.upperBound..<2_400, answeredBy: nil)
            recorder.end()
            return recorder.ledger
        }
        var flow = flow(number, to: 0xAC10_0101)
        flow.direction = .outward
        flow.node = flow.active
        flow.destination = .v4(IPv4Address(bits: 0x0A00_030A))
        var records = FlowRecords(flow: flow, ledger: sender(flow.active, hears: 0..<1_000))
        records.standby = sender("instance-rs-az2", hears: (1_000 + lost)..<2_200)
        records.heardByActive = (0..<1_000).map {
            .init(sequence: $0, at: Instant(nanoseconds: Int64($0) * 1_000_000 + 400_000))
        }
        return records
    }

    private static func prefixes(_ block: PrefixBlock, from start: Int64) -> PrefixConvergence.Records {
        var ledger = BlockLedger(block)
        for index in 0..<block.count {
            ledger.record(
                index, nextHop: Recorder.standbyAddress, at: Instant(nanoseconds: (start + Int64(index) * 12) * 1_000))
        }
        return PrefixConvergence.Records(
            block: block, table: "rt-subnet2", changes: ledger.changes, overrunCount: 0,
            replacement: .init(
                routeCount: block.count, began: Instant(nanoseconds: start * 1_000),
                last: Instant(nanoseconds: (start + 12_400) * 1_000)))
    }
}

extension Recorder {
    /// A second of the active instance, `lost` probes lost, the standby until 2.2 s, and the active one again.
    fileprivate mutating func serve(lost: UInt64) {
        probe(0..<1_000, answeredBy: Self.active)
        probe(1_000..<(1_000 + lost), answeredBy: nil)
        probe((1_000 + lost)..<2_200, answeredBy: Self.standby)
        probe(2_200..<2_400, answeredBy: Self.active)
        end()
    }

    fileprivate mutating func stampBlackhole(lost: Int64) {
        let start: Int64 = 999_700
        stamp(.faultInjecting, start)
        stamp(.faultInjected, start + 113)
        let last = start + lost * 1_000 - 400
        for (session, instant) in zip(Self.sessions, [last - 30_000, last]) {
            stamp(
                .sessionDown, instant, node: "rs", session: session,
                cause: .session(.bfdDown(.controlDetectionTimeExpired)))
        }
        stamp(.bestPathChanged, last + 31, node: "rs", to: Self.standbyAddress)
        stamp(.tableWritten, last + 164, node: "rs", to: Self.standbyAddress)
        stamp(.tableChanged, last + 152, node: "vpc", to: Self.standbyAddress)
        stamp(.restoring, 2_199_400)
        stamp(.restored, 2_199_600)
    }
}
