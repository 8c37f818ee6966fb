// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

/// Trials with several flows and planted results.
struct FlowTests {
    private static let prefixes = (1...3).map { IPPrefix(host: PlantedTrial.address("172.16.1.\($0)")) }

    private func at(_ microseconds: Int64) -> Instant { PlantedTrial.at(microseconds) }

    private func flow(
        _ number: Int, direction: Flow.Direction = .inward, active: String = "az1", standby: String? = "az2"
    ) -> Flow {
        Flow(
            number: FlowNumber(number), direction: direction, node: direction == .inward ? "client" : active,
            destination: direction == .inward ? Self.prefixes[number].address : PlantedTrial.address("10.0.3.10"),
            prefix: Self.prefixes[direction == .inward ? number : 0], active: active, standby: standby,
            interval: Milliseconds(1))
    }

    /// Answered by the active instance until a fault at 99.7 ms, then `lost` probes lost, then by the standby.
    private func planted(lost: UInt64) -> PlantedTrial {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: PlantedTrial.activeTTL)
        planted.plant(100..<(100 + lost), answeredWith: nil)
        planted.plant((100 + lost)...200, answeredWith: PlantedTrial.standbyTTL)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        return planted
    }

    private func trial(
        _ flows: [FlowRecords], _ primary: PlantedTrial, prefixes: PrefixConvergence.Records? = nil,
        settings: FlowSettings = FlowSettings()
    ) throws -> Trial {
        var records = TrialRecords(ledger: primary.ledger, events: primary.events)
        records.flows = flows
        records.prefixes = prefixes
        records.asBefore = primary.asBefore
        return try Trial(
            number: 1, subject: primary.subject, sequence: primary.sequence,
            settings: TrialSettings(probing: primary.settings, flows: settings, timers: primary.timers),
            records: records)
    }

    @Test func `a trial of one flow has the same figures in the flow and at its top`() throws {
        let trial = try PlantedTrial.oneLost.trial()
        #expect(trial.flows.count == 1)
        #expect(trial.flows[0].outage == trial.outage)
        #expect(trial.flows[0].convergence == trial.convergence)
        #expect(trial.flows[0].counts == trial.counts)
        #expect(trial.flows[0].flow.name == "client > 172.16.1.1")
        #expect(trial.routes == nil)
        #expect(trial.prefixes == nil)
    }

    @Test func `first and full convergence are the smallest and the largest of the routes`() throws {
        let primary = planted(lost: 2)
        let slower = planted(lost: 7)
        let trial = try trial(
            [
                FlowRecords(flow: flow(0), ledger: primary.ledger), FlowRecords(flow: flow(1), ledger: slower.ledger),
            ], primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        let routes = try #require(trial.routes)
        #expect(routes.routes.map(\.prefix) == Array(Self.prefixes.prefix(2)))
        // The standby's first replies come 50 µs after 102 and 107 ms; the fault was at 99.7 ms.
        #expect(routes.firstRoute == Milliseconds(2.35))
        #expect(routes.full == Milliseconds(7.35))
        // Equation 5: 102 and 107 probes that the standby did not answer, less 99.7 ms.
        #expect(routes.routes.map(\.routeSpecific) == [Milliseconds(2.3), Milliseconds(7.3)])
        #expect(routes.lossDerived == Milliseconds(4.8))
        #expect(routes.routes.map(\.lossOfConnectivity) == [Milliseconds(2), Milliseconds(7)])
        #expect(routes.lossDerivedLossOfConnectivity == Milliseconds(4.5))
        #expect(
            try survivesJSON(
                trial,
                with: [
                    #""first_route_convergence_ms":2.35,"full_convergence_ms":7.35"#,
                    #""route_specific_convergence_ms":7.3"#,
                    #""flow":1,"from":"client""#, #""loss_of_connectivity_ms":2"#,
                ]))
    }

    @Test func `a flow whose instance is not the one that failed is to lose nothing`() throws {
        let primary = planted(lost: 2)
        var quiet = PlantedTrial()
        quiet.plant(0...200, answeredWith: PlantedTrial.standbyTTL)
        quiet.plantEnd()
        var records = [
            FlowRecords(flow: flow(0), ledger: primary.ledger),
            FlowRecords(flow: flow(1, active: "az2", standby: "az1"), ledger: quiet.ledger),
        ]
        var trial = try trial(records, primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.flows.map(\.isAffected) == [true, false])
        #expect(trial.flows[1].expectedOutage.verdict == .inside)
        #expect(trial.routes == nil)

        var disturbed = PlantedTrial()
        disturbed.plant(0..<100, answeredWith: PlantedTrial.standbyTTL)
        disturbed.plant(100..<103, answeredWith: nil)
        disturbed.plant(103...200, answeredWith: PlantedTrial.activeTTL)
        disturbed.plantEnd()
        records[1].ledger = disturbed.ledger
        trial = try self.trial(records, primary)
        #expect(trial.flows[1].expectedOutage.verdict == .tooLong)
        #expect(trial.validity.reasons.map(\.doubt) == [.moved])
        #expect(trial.validity.reasons[0].flow == "client > 172.16.1.2")
    }

    @Test func `a doubt about any flow makes the trial doubtful`() throws {
        let primary = planted(lost: 1)
        var silent = PlantedTrial()
        silent.plant(0..<50, answeredWith: PlantedTrial.activeTTL)
        silent.plant(50..<51, answeredWith: nil)
        silent.plant(51..<100, answeredWith: PlantedTrial.activeTTL)
        silent.plant(100...200, answeredWith: nil)
        let trial = try trial(
            [
                FlowRecords(flow: flow(0), ledger: primary.ledger), FlowRecords(flow: flow(1), ledger: silent.ledger),
            ], primary)
        #expect(trial.validity.reasons.map(\.doubt) == [.lossBefore, .notConverged, .proberDied])
    }

    // MARK: Outward

    /// A sender's probes, one per millisecond; replies to those in `hears` reach the sender 50 µs later.
    private func sender(_ sequences: Range<UInt64>, hears: Range<UInt64>, ends: Bool = true, named: String? = nil)
        -> ProbeLedger
    {
        var planted = PlantedTrial()
        planted.ledger = ProbeLedger(settings: planted.settings, instances: [63: named ?? (ends ? "az2" : "az1")])
        planted.plant(sequences.clamped(to: hears), answeredWith: 63)
        planted.plant(sequences.filter { !hears.contains($0) }, answeredWith: nil)
        if ends { planted.plantEnd() }
        return planted.ledger
    }

    /// The active instance receives the replies to the standby's first probes, and later the standby those to the
    /// active's.
    private func outward(
        active: ProbeLedger, standby: ProbeLedger, activeHears: Range<UInt64> = 0..<100,
        standbyHears: Range<UInt64> = 0..<0
    ) -> FlowRecords {
        func heard(_ sequences: Range<UInt64>) -> [FlowRecords.HeardReply] {
            sequences.map { .init(sequence: $0, at: at(Int64($0) * 1_000 + 80)) }
        }
        var records = FlowRecords(flow: flow(1, direction: .outward), ledger: active)
        records.standby = standby
        records.heardByActive = heard(activeHears)
        records.heardByStandby = heard(standbyHears)
        return records
    }

    @Test func `an instance that is killed takes its prober along, and the bracket spans both senders`() throws {
        let primary = planted(lost: 2)
        let records = outward(
            active: sender(0..<100, hears: 0..<99, ends: false), standby: sender(0..<201, hears: 104..<201))
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        let measured = trial.flows[1]
        // The active instance last received a reply to its own probe at 98 ms; the fate of later ones is unknown. The
        // standby's 100th to 103rd probes were sent after the fault, and their replies reached neither.
        #expect(measured.outage.lower == Milliseconds(3))
        #expect(measured.outage.upper == Milliseconds(6))
        #expect(measured.outage.lostCount == 4)
        #expect(measured.outage.lostBeforeCount == 0)
        #expect(measured.convergence?.instance == "az2")
        #expect(measured.convergence?.time == Milliseconds(4.35))
        let outward = try #require(measured.outward)
        #expect(outward.activeLastReply == at(99_080))
        #expect(outward.standbyFirstReply == at(104_050))
        #expect((outward.active.sentCount, outward.active.answeredCount) == (100, 99))
        #expect(try survivesJSON(trial, with: [#""standby_first_reply_ns":104050000"#, #""heard_by_other":100"#]))
        #expect(outward.standby.map { [$0.sentCount, $0.answeredCount, $0.heardByOtherCount] } == [201, 97, 100])
    }

    @Test func `an instance that goes on sending unheard does not prolong the outage`() throws {
        let primary = planted(lost: 2)
        var active = sender(0..<201, hears: 0..<100)
        active.record(
            .end(
                ProberSummary(
                    sentCount: 0, maximumLateness: .zero, percentile99Lateness: .zero, hadRealTimePriority: true,
                    hadLockedMemory: true)))
        let records = outward(active: active, standby: sender(0..<201, hears: 110..<201))
        let measured = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary).flows[1]
        #expect(measured.outage.lower == Milliseconds(9))
        #expect(measured.outage.upper == Milliseconds(11))
        #expect(measured.outage.lostCount == 10)
        #expect(measured.outage.periods.count == 1)
    }

    /// The primary flow of a sequence: a fault at 99.7 ms, another that is taken back at 180 ms.
    private func sequence() -> PlantedTrial {
        var primary = PlantedTrial()
        primary.script = FaultSequence(steps: [
            .init(at: .zero, fault: FaultRequest(.blackhole)), .init(at: Milliseconds(80), restore: "all"),
        ])
        primary.plant(0...300, answeredWith: PlantedTrial.activeTTL)
        primary.plantEnd()
        primary.stampFailover(from: 99_700)
        primary.stamp(.restoring, 180_000)
        primary.asBefore = at(200_000)
        return primary
    }

    @Test func `a direction that moves twice is down only while neither instance receives its replies`() throws {
        var active = sender(0..<301, hears: 0..<100, named: "az1")
        // Back at 190 ms, while it still sends.
        for sequence in 190..<301 as Range<UInt64> {
            active.record(.received(sequence: sequence, at: at(Int64(sequence) * 1_000 + 50), timeToLive: 63))
        }
        var records = outward(active: active, standby: sender(0..<301, hears: 105..<187))
        records.heardByActive += outward(active: active, standby: active, activeHears: 190..<301).heardByActive
        let primary = sequence()
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        let measured = trial.flows[1]
        #expect(measured.outage.periods.map(\.lostCount) == [5, 3])
        #expect(measured.outage.periods.map(\.lower) == [Milliseconds(4), Milliseconds(2)])
        #expect(measured.outage.upper == Milliseconds(6))
        #expect(measured.convergence == nil && measured.isAffected)
    }

    @Test func `a prober that was killed is not missed once its instance is back`() throws {
        // From 190 ms on the replies to the standby's probes go to the active instance, where nothing receives them.
        let records = outward(
            active: sender(0..<100, hears: 0..<99, ends: false), standby: sender(0..<301, hears: 104..<190))
        let primary = sequence()
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.flows[1].outage.periods.map(\.lostCount) == [4])
    }

    @Test func `where the old instance answers until the new one does, nothing is lost outward`() throws {
        let primary = planted(lost: 0)
        let records = outward(
            active: sender(0..<201, hears: 0..<103), standby: sender(0..<201, hears: 105..<201), activeHears: 0..<105,
            standbyHears: 103..<201)
        let measured = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary).flows[1]
        // Two probes of each saw the route while it moved to the other: at no time was there none.
        #expect(measured.outage.lostCount == 0)
        #expect(measured.outage.upper == Milliseconds(3))
        #expect(measured.counts.lost == 0)
    }

    @Test func `where nothing moves, what the standby sends says nothing`() throws {
        var primary = PlantedTrial()
        primary.fault = .soak
        primary.plant(0...200, answeredWith: PlantedTrial.activeTTL)
        primary.plantEnd()
        primary.stamp(.faultInjecting, 99_700)
        primary.stamp(.faultInjected, 99_800)
        primary.stamp(.restoring, 199_999)
        let records = outward(
            active: sender(0..<200, hears: 0..<200, named: "az1"), standby: sender(0..<201, hears: 0..<0),
            activeHears: 0..<201)
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.flows[1].outage.lostCount == 0)
        #expect(trial.flows[1].outage.upper == Milliseconds(1))
    }

    @Test func `a probe lost before the fault is lost, though the prober died in it`() throws {
        let primary = planted(lost: 2)
        var active = sender(0..<50, hears: 0..<50, ends: false)
        for sequence in 50..<100 as Range<UInt64> {
            let sent = Int64(sequence) * 1_000
            active.record(.sent(sequence: sequence, at: at(sent)))
            if sequence != 60 { active.record(.received(sequence: sequence, at: at(sent + 50), timeToLive: 63)) }
        }
        let records = outward(active: active, standby: sender(0..<201, hears: 102..<201))
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.flows[1].outage.lostBeforeCount == 1)
        #expect(trial.validity.reasons.map(\.doubt) == [.lossBefore])
    }

    @Test func `a direction that never comes back is open, not short`() throws {
        let primary = planted(lost: 2)
        let records = outward(
            active: sender(0..<100, hears: 0..<100, ends: false), standby: sender(0..<201, hears: 0..<0))
        let trial = try trial([FlowRecords(flow: flow(0), ledger: primary.ledger), records], primary)
        #expect(trial.flows[1].outage.upper == nil)
        #expect(trial.flows[1].outage.lower >= Milliseconds(100))
        #expect(trial.validity.reasons.map(\.doubt) == [.notConverged])
    }

    // MARK: Prefixes

    @Test func `a block's first, last and quantiles are from the fault, and only of what went to the standby`() throws {
        let primary = planted(lost: 2)
        let block = try #require(PrefixBlock(count: 100))
        var ledger = BlockLedger(block)
        ledger.record(7, nextHop: PlantedTrial.standbyNextHop, at: at(50_000))  // before the fault
        for index in 10..<100 {
            ledger.record(index, nextHop: PlantedTrial.standbyNextHop, at: at(99_700 + Int64(index) * 100))
        }
        ledger.record(5, nextHop: PlantedTrial.address("10.9.9.9"), at: at(200_000))
        let records = PrefixConvergence.Records(
            block: block, table: "rt", changes: ledger.changes, overrunCount: 0,
            replacement: .init(routeCount: 90, began: at(100_000), last: at(109_000)))
        let trial = try trial(
            [FlowRecords(flow: flow(0), ledger: primary.ledger)], primary, prefixes: records,
            settings: FlowSettings(prefixCount: 100, keepsEveryPrefix: true))
        let prefixes = try #require(trial.prefixes)
        #expect(prefixes.controlPlane.convergedCount == 90)
        #expect(prefixes.controlPlane.firstPrefix == block[10])
        #expect(prefixes.controlPlane.first == Milliseconds(1))
        #expect(prefixes.controlPlane.lastPrefix == block[99])
        #expect(prefixes.controlPlane.last == Milliseconds(9.9))
        #expect(prefixes.controlPlane.median == Milliseconds(5.4))
        #expect(prefixes.controlPlane.everyPrefix?.count == 100)
        #expect(prefixes.controlPlane.everyPrefix?[7] == .some(nil))
        #expect(prefixes.replacement?.routesPerSecond == 10_000)
        #expect(trial.validity.reasons.map(\.doubt) == [.notConverged])
        #expect(trial.validity.reasons[0].count == 10 && trial.validity.reasons[0].total == 100)
        #expect(try survivesJSON(trial, with: [#""every_prefix_ms":[null,"#, #""routes_per_second":10000"#]))
    }

    private func survivesJSON(_ trial: Trial, with parts: [String]) throws -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(trial)
        let json = String(decoding: data, as: UTF8.self)
        for part in parts { #expect(json.contains(part), "\(part) in \(json)") }
        return try JSONDecoder().decode(Trial.self, from: data) == trial
    }
}
