// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct OutageTests {
    private func at(_ microseconds: Int64) -> Instant { PlantedTrial.at(microseconds) }

    private func outage(
        _ planted: PlantedTrial, event: Int64, convergedAt: Int64? = nil, listenedUntil: Int64? = nil
    ) -> Outage {
        Outage(
            probes: planted.ledger.probes(listenedUntil: listenedUntil.map(at)),
            event: EventInstants(before: at(event), after: nil), convergedAt: convergedAt.map(at),
            settings: planted.settings)
    }

    @Test func `without loss the bracket is from 0 to the longest gap`() {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(103..<200, answeredWith: 62)  // the prober skipped three
        let outage = outage(planted, event: 99_500, convergedAt: 103_050)
        #expect(outage.lower == .zero)
        #expect(outage.upper == Milliseconds(4))
        #expect(outage.estimate == .zero)
        #expect(outage.lossDerived == .zero)
        #expect(outage.periods.isEmpty)
        #expect(outage.eventToFirstLoss == nil)
        #expect((outage.lostCount, outage.lostBeforeCount, outage.lostAfterCount) == (0, 0, 0))
    }

    @Test func `one lost probe is an outage between 0 and two intervals`() throws {
        let outage = try PlantedTrial.oneLost.trial().outage
        #expect(outage.lower == .zero)
        #expect(outage.upper == Milliseconds(2))
        #expect(outage.estimate == Milliseconds(1))
        #expect(outage.lossDerived == Milliseconds(1))
        #expect(outage.eventToFirstLoss == Milliseconds(0.3))
        #expect(outage.periods.count == 1)
        #expect(outage.validatedFor == Milliseconds(98.95))  // first reply at 101.05, last probe at 200
    }

    @Test func `many lost probes are bracketed by the sends around them`() {
        var planted = PlantedTrial()
        planted.plant(0..<1_000, answeredWith: 61)
        planted.plant(1_000..<1_846, answeredWith: nil)
        planted.plant(1_846..<3_000, answeredWith: 62)
        let outage = outage(planted, event: 999_900, convergedAt: 1_846_050)
        #expect(outage.lower == Milliseconds(845))
        #expect(outage.upper == Milliseconds(847))
        #expect(outage.lossDerived == Milliseconds(846))
        #expect(outage.lostCount == 846)
    }

    @Test func `a late prober widens its own bracket`() {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100...101, answeredWith: nil)
        planted.plant(102...150, answeredWith: 62)
        planted.ledger.record(.transmitted(sequence: 101, at: at(104_000)))
        for sequence in 102...104 as ClosedRange<UInt64> {
            planted.ledger.record(.transmitted(sequence: sequence, at: at(104_700)))
        }
        let outage = outage(planted, event: 99_900, convergedAt: 104_750)
        #expect(outage.lower == Milliseconds(4))
        #expect(outage.upper == Milliseconds(5.7))
        // Two probes, but 4.7 ms of time: slots that a late prober skips count.
        #expect(outage.lossDerived == Milliseconds(4.7))
    }

    @Test func `several periods are spanned, and each is listed`() {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<110, answeredWith: nil)
        planted.plant(110..<115, answeredWith: 61)
        planted.plant(115..<120, answeredWith: nil)
        planted.plant(120..<300, answeredWith: 62)
        let outage = outage(planted, event: 99_500, convergedAt: 120_050)
        #expect(outage.eventPeriods.map(\.lostCount) == [10, 5])
        #expect(outage.lower == Milliseconds(19))
        #expect(outage.upper == Milliseconds(21))
        #expect(outage.lossDerived == Milliseconds(15))
        #expect(outage.periods[0].lower == Milliseconds(9))
        #expect(outage.periods[0].upper == Milliseconds(11))
        #expect(outage.periods[1].firstSequence == 115)
        #expect(outage.periods[1].lastSequence == 119)
    }

    @Test func `a lost tail leaves the bracket open`() {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<200, answeredWith: nil)
        let outage = outage(planted, event: 99_500)
        #expect(outage.lower == Milliseconds(99))
        #expect(outage.upper == nil)
        #expect(outage.estimate == nil)
        #expect(outage.validatedFor == nil)
        #expect(outage.lostCount == 100)
    }

    @Test func `a tail whose replies were not waited for is not called lost`() {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<150, answeredWith: nil)
        planted.plant(150..<280, answeredWith: 62)
        planted.plant(280..<300, answeredWith: nil)
        let outage = outage(planted, event: 99_500, convergedAt: 150_050, listenedUntil: 300_000)
        #expect(outage.lostCount == 50)
        #expect(outage.periods.count == 1)
        #expect(outage.lostAfterCount == 0)
        #expect(outage.validatedFor == Milliseconds(128.95))
    }

    @Test func `loss from the very first probe has no beginning`() {
        var planted = PlantedTrial()
        planted.plant(0..<10, answeredWith: nil)
        planted.plant(10..<20, answeredWith: 61)
        let outage = outage(planted, event: 100)
        #expect(outage.lower == Milliseconds(9))
        #expect(outage.upper == nil)
    }

    @Test func `loss before the fault is distinguished from the fault's`() {
        var planted = PlantedTrial()
        planted.plant(0..<50, answeredWith: 61)
        planted.plant(50..<53, answeredWith: nil)
        planted.plant(53..<100, answeredWith: 61)
        planted.plant(100..<110, answeredWith: nil)
        planted.plant(110..<200, answeredWith: 62)
        let outage = outage(planted, event: 99_500, convergedAt: 110_050)
        #expect(outage.periods.map(\.attribution) == [.beforeFault, .fault])
        #expect(outage.lostBeforeCount == 3)
        #expect(outage.lostCount == 10)
        #expect(outage.lower == Milliseconds(9))
        #expect(outage.upper == Milliseconds(11))
    }

    @Test func `a probe that was on its way when the fault came is the fault's victim`() {
        var planted = PlantedTrial()
        planted.plant(0..<99, answeredWith: 61)
        planted.plant(99..<105, answeredWith: nil)
        planted.plant(105..<200, answeredWith: 62)
        let outage = outage(planted, event: 99_020, convergedAt: 105_050)
        #expect(outage.lostBeforeCount == 0)
        #expect(outage.lostCount == 6)
        #expect(outage.eventToFirstLoss == Milliseconds(-0.02))
    }

    @Test func `a loss period that the fault only prolongs counts against the trial`() {
        var planted = PlantedTrial()
        planted.plant(0..<80, answeredWith: 61)
        planted.plant(80..<105, answeredWith: nil)
        planted.plant(105..<200, answeredWith: 62)
        let outage = outage(planted, event: 99_500, convergedAt: 105_050)
        #expect(outage.lostBeforeCount == 19)  // 80...98: probe 99 left half a millisecond before the fault.
        #expect(outage.lostCount == 25)
    }

    @Test func `a period that ended before the fault is not the fault's, however close`() {
        var planted = PlantedTrial()
        planted.plant(0..<98, answeredWith: 61)
        planted.plant(98..<99, answeredWith: nil)
        planted.plant(99..<200, answeredWith: 61)
        let outage = outage(planted, event: 99_000)
        #expect(outage.periods.map(\.attribution) == [.beforeFault])
        #expect(outage.lostBeforeCount == 1)
        #expect(outage.lostCount == 0)
    }

    @Test func `loss long before the fault is not the fault's, though no probe was sent until after it`() {
        var planted = PlantedTrial()
        planted.plant(0..<90, answeredWith: 61)
        planted.plant(90..<93, answeredWith: nil)
        planted.plant(103..<200, answeredWith: 62)
        let outage = outage(planted, event: 99_500, convergedAt: 103_050)
        #expect(outage.periods.map(\.attribution) == [.beforeFault])
        #expect(outage.lostBeforeCount == 3)
        #expect(outage.lostCount == 0)
        // The fault's own outage, if there was one, is hidden in the gap.
        #expect(outage.upper == Milliseconds(14))
    }

    @Test func `loss after the standby's first reply counts against the validation, as far as that reaches`() {
        var planted = PlantedTrial()  // validation is 50 ms
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<105, answeredWith: nil)
        planted.plant(105..<120, answeredWith: 62)
        planted.plant(120..<122, answeredWith: nil)
        planted.plant(122..<190, answeredWith: 62)
        planted.plant(190..<199, answeredWith: nil)
        planted.plant(199..<220, answeredWith: 62)
        let outage = outage(planted, event: 99_500, convergedAt: 105_050)
        #expect(outage.periods.map(\.attribution) == [.fault, .afterConvergence, .afterConvergence])
        #expect(outage.lostAfterCount == 2)
        #expect(outage.lostCount == 5)
        #expect(outage.upper == Milliseconds(6))
    }

    @Test func `a late reply is a lost probe in the bracket`() {
        var planted = PlantedTrial()  // the threshold is 100 ms
        planted.plant(0..<300, answeredWith: 61)
        planted.plant(300..<303, answeredWith: nil)
        for sequence in 300..<303 as Range<UInt64> {
            planted.ledger.record(
                .received(sequence: sequence, at: at(Int64(sequence) * 1_000 + 100_001), timeToLive: 61))
        }
        planted.plant(303..<400, answeredWith: 62)
        let outage = outage(planted, event: 299_500, convergedAt: 303_050)
        #expect(outage.lostCount == 3)
        #expect(outage.lower == Milliseconds(2))
        #expect(outage.upper == Milliseconds(4))
    }

    @Test func `no probe at all is no answer and no trap`() {
        let outage = outage(PlantedTrial(), event: 0)
        #expect(outage.upper == nil)
        #expect(outage.lostCount == 0)
        #expect(outage.validatedFor == nil)
    }

    /// An outage at a random moment, probes with random jitter: probes in the outage are lost, and no others.
    @Test func `the bracket always holds the truth`() {
        var generator = SeededGenerator(seed: 0x5EED)
        var withoutLoss = 0
        let rounds = TestLength.rounds(500, long: 2_000)
        for _ in 0..<rounds {
            let interval = Int64.random(in: 100...5_000, using: &generator)
            let start = Int64.random(in: 20 * interval...40 * interval, using: &generator)
            let length =
                Int64.random(in: 0...(30 * interval), using: &generator) / Int64.random(in: 1...30, using: &generator)
            let settings = ProbeSettings(
                interval: Milliseconds(nanoseconds: interval * 1_000), forwardingDelayThreshold: Milliseconds(500),
                sustainedValidation: Milliseconds(1))
            var planted = PlantedTrial(settings: settings)
            var sent: Int64 = 0
            for sequence in 0..<100 as Range<UInt64> {
                sent = max(sent, Int64(sequence) * interval + Int64.random(in: 0...(3 * interval), using: &generator))
                planted.ledger.record(.sent(sequence: sequence, at: at(sent)))
                if sent < start || sent >= start + length {
                    let timeToLive: UInt8 = sent < start ? 61 : 62
                    let reply = sent + Int64.random(in: 10...99, using: &generator)
                    planted.ledger.record(.received(sequence: sequence, at: at(reply), timeToLive: timeToLive))
                }
            }
            let served = planted.ledger.firstReply(of: "az2", from: at(start))
            let outage = Outage(
                probes: planted.ledger.probes(), event: EventInstants(before: at(start), after: nil),
                convergedAt: served, settings: settings)
            let truth = Milliseconds(nanoseconds: length * 1_000)
            #expect(outage.lower <= truth)
            #expect(outage.upper.map { truth <= $0 } == true, "\(truth) in \(outage)")
            #expect(outage.eventPeriods.count <= 1)
            #expect((outage.lostBeforeCount, outage.lostAfterCount) == (0, 0))
            withoutLoss += outage.lostCount == 0 ? 1 : 0
        }
        // Both kinds must have occurred.
        #expect((rounds / 40...rounds - rounds / 40).contains(withoutLoss))
    }

    @Test func `lateness is measured against the absolute schedule`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<1_000, answeredWith: 61)
        planted.ledger.record(.sent(sequence: 500, at: at(507_000)))
        planted.ledger.record(.sent(sequence: 501, at: at(507_100)))
        let lateness = try #require(Lateness.of(planted.ledger.probes(), interval: Milliseconds(1)))
        #expect(lateness.maximum == Milliseconds(7))
        #expect(lateness.percentile99 == .zero)
        #expect(Lateness.of([], interval: Milliseconds(1)) == nil)
    }

    @Test func `the 99th percentile of lateness is the nearest rank`() throws {
        var planted = PlantedTrial()
        for sequence in 0..<200 as Range<UInt64> {
            planted.ledger.record(.sent(sequence: sequence, at: at(Int64(sequence) * 1_000 + Int64(sequence))))
        }
        let lateness = try #require(Lateness.of(planted.ledger.probes(), interval: Milliseconds(1)))
        #expect(lateness.maximum == Milliseconds(0.199))
        #expect(lateness.percentile99 == Milliseconds(0.197))  // rank 198 of 200
    }
}
