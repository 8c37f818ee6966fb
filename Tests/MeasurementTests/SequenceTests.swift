// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

/// Faults in sequence: in which order they are carried out, and what is put down to them.
struct SequenceTests {
    @Test func `faults end before others begin, and whatever is written first goes first`() {
        let kill = FaultRequest(.kill, target: "b", parameters: FaultParameters(duration: Milliseconds(850)))
        let sequence = FaultSequence(steps: [
            .init(at: Milliseconds(150), fault: kill),
            .init(at: .zero, fault: FaultRequest(.blackhole, target: "a")),
            .init(at: Milliseconds(1000), fault: FaultRequest(.crash, target: "b")),
            .init(at: Milliseconds(1000), restore: "a"),
        ])
        let deeds = sequence.deeds
        #expect(deeds.map(\.at.value) == [0, 150, 1000, 1000, 1000])
        #expect(
            deeds.map(\.kind) == [
                .inject(FaultRequest(.blackhole, target: "a")), .inject(kill), .takeBack,
                .restore("a"), .inject(FaultRequest(.crash, target: "b")),
            ])
        // The fault that is taken back is that of the step at 150 ms.
        #expect(deeds[2].step == deeds[1].step)
        #expect(sequence.length == Milliseconds(1000))
        #expect(sequence.single == nil)
    }

    @Test func `one fault is a sequence, and only the time that it is given decides when it ends`() {
        let kill = FaultSequence(FaultRequest(.kill))
        #expect(kill.single == FaultRequest(.kill))
        #expect(kill.isTakenBackWhenFollowed)
        #expect(kill.deeds.map(\.kind) == [.inject(FaultRequest(.kill))])
        let pause = FaultSequence(FaultRequest(.pause, parameters: FaultParameters(duration: Milliseconds(500))))
        #expect(pause.single?.name == .pause)
        #expect(!pause.isTakenBackWhenFollowed)
        #expect(pause.deeds.map(\.kind).last == .takeBack)
        #expect(pause.length == Milliseconds(500))
        #expect(!Self.script.isTakenBackWhenFollowed)
    }

    private static let script = FaultSequence(steps: [
        .init(at: .zero, fault: FaultRequest(.blackhole, target: "az1")),
        .init(at: Milliseconds(200), restore: "all"),
    ])

    /// A sequence from 100 ms to 300 ms, all as before from 310 ms on.
    private func planted() -> PlantedTrial {
        var planted = PlantedTrial()
        planted.script = Self.script
        planted.asBefore = PlantedTrial.at(310_000)
        for (kind, instant) in [
            (.faultInjecting, 100_000), (.faultInjected, 100_200), (.restoring, 300_000), (.restored, 300_100),
        ] as [(TraceEvent.Kind, Int64)] {
            planted.stamp(kind, instant)
        }
        planted.steps = [
            PlayedStep(
                planned: .zero, text: "blackhole on az1",
                instants: EventInstants(before: PlantedTrial.at(100_000), after: PlantedTrial.at(100_200))),
            PlayedStep(
                planned: Milliseconds(200), text: "blackhole on az1 taken back",
                instants: EventInstants(before: PlantedTrial.at(300_000), after: PlantedTrial.at(300_100))),
        ]
        return planted
    }

    /// Two loss periods, with the standby between them and the active instance on either side.
    private func twoLosses() -> PlantedTrial {
        var planted = planted()
        planted.plant(0..<101, answeredWith: PlantedTrial.activeTTL)
        planted.plant(101..<111, answeredWith: nil)
        planted.plant(111..<200, answeredWith: PlantedTrial.standbyTTL)
        planted.plant(200..<300, answeredWith: nil)
        planted.plant(300...500, answeredWith: PlantedTrial.activeTTL)
        planted.plantEnd()
        planted.stamp(.sessionDown, 50_000, node: "rs", session: PlantedTrial.session2)
        planted.stamp(.sessionDown, 110_000, node: "rs", session: PlantedTrial.session1)
        return planted
    }

    @Test func `each loss period says how long it was and who served on either side`() throws {
        let trial = try twoLosses().trial()
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.outage.lostCount == 110)
        let periods = trial.outage.periods
        #expect(periods.map(\.lower.value) == [9, 99])
        #expect(periods.map(\.upper?.value) == [11, 101])
        #expect(periods.map(\.sinceEvent?.value) == [1, 100])
        #expect(periods.map(\.servedBefore) == ["az1", "az2"])
        #expect(periods.map(\.servedAfter) == ["az2", "az1"])
        // What was before the sequence is none of its business.
        #expect(trial.changes?.map(\.at) == [PlantedTrial.at(110_000)])
    }

    @Test func `the outage is the longest loss period, reported beside the total of all`() throws {
        let outage = try twoLosses().trial().outage
        #expect((outage.lower.value, outage.upper?.value) == (99, 101))
        let several = try #require(outage.several)
        #expect(several.count == 2)
        #expect(several.longest == LossBracket(lower: Milliseconds(99), upper: Milliseconds(101)))
        #expect(several.total == LossBracket(lower: Milliseconds(108), upper: Milliseconds(112)))
        #expect(several.span == LossBracket(lower: Milliseconds(198), upper: Milliseconds(200)))
        #expect(outage.total == Milliseconds(110))
        #expect(try #require(Budget("outage=101ms")).judge([twoLosses().trial()]).isMet)
        #expect(try !#require(Budget("outage=100ms")).judge([twoLosses().trial()]).isMet)
    }

    @Test func `an open loss period is the longest of all`() throws {
        var planted = twoLosses()
        planted.plant(501..<505, answeredWith: nil)
        planted.asBefore = nil
        let outage = try planted.trial().outage
        #expect(outage.several?.longest == LossBracket(lower: Milliseconds(3), upper: nil))
        #expect(outage.several?.total.upper == nil)
        #expect(outage.upper == nil && outage.estimate == nil && outage.total == nil)
    }

    @Test func `nothing is predicted for a sequence, and it has none of the times of a single fault`() throws {
        let trial = try twoLosses().trial()
        #expect(!trial.isPredicted)
        #expect(trial.expectation == .open)
        #expect(trial.convergence == nil)
        #expect(trial.timeline.steps.isEmpty && trial.timeline.detection == nil)
        #expect(trial.expectedVerdict == .unknown)
        #expect(InsideExpected([trial]).outside == 0)
        #expect(trial.steps.map(\.text) == ["blackhole on az1", "blackhole on az1 taken back"])
        #expect(trial.sequence == Self.script)
        let summary = RunSummary([trial])
        #expect(summary.outage?.median == 100)
        #expect(summary.outageTotal?.median == 110)
        #expect(summary.convergence == nil && summary.detection == nil)
    }

    @Test func `the fail-back is that of the last restore, and excludes earlier loss`() throws {
        let failBack = try #require(try twoLosses().trial().failBack)
        #expect(failBack.restore.before == PlantedTrial.at(300_000))
        #expect(failBack.convergence?.instance == "az1")
        #expect(failBack.convergence?.time == Milliseconds(0.05))
        #expect(failBack.outage.lostCount == 0)

        // Two probes at 302 ms are the restore's, and part of what the sequence cost.
        var planted = planted()
        planted.plant(0..<302, answeredWith: PlantedTrial.activeTTL)
        planted.plant(302..<304, answeredWith: nil)
        planted.plant(304...500, answeredWith: PlantedTrial.activeTTL)
        planted.plantEnd()
        let trial = try planted.trial()
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.outage.lostCount == 2)
        #expect(trial.failBack?.outage.lostCount == 2)
        #expect(trial.failBack?.outage.upper == Milliseconds(3))
    }

    @Test func `loss before the first fault, or after everything is as before, makes a sequence invalid`() throws {
        var planted = planted()
        planted.plant(0..<50, answeredWith: PlantedTrial.activeTTL)
        planted.plant(50...50, answeredWith: nil)
        planted.plant(51..<340, answeredWith: PlantedTrial.activeTTL)
        planted.plant(340...341, answeredWith: nil)
        planted.plant(342...500, answeredWith: PlantedTrial.activeTTL)
        planted.plantEnd()
        let reasons = try planted.trial().validity.reasons
        #expect(reasons.map(\.doubt) == [.lossBefore, .lossAfter])
        #expect(reasons.first?.count == 1)
        // The validation is 50 ms.
        planted.settings.sustainedValidation = Milliseconds(20)
        #expect(try planted.trial().validity.reasons.map(\.doubt) == [.lossBefore])
    }

    @Test func `a sequence is validated from when everything is as before, for as long as was asked for`() throws {
        var planted = twoLosses()
        planted.asBefore = PlantedTrial.at(470_000)
        #expect(try planted.trial().validity.reasons.map(\.doubt) == [.notValidated])
        planted.settings.sustainedValidation = Milliseconds(30)
        #expect(try planted.trial().validity.isValid)
    }

    @Test func `a busy or late machine makes a sequence invalid, as it does a single fault`() throws {
        let machine = MachineConditions(stealShare: 0.2, timerLateness: ["rs": Milliseconds(9)])
        let trial = try twoLosses().trial(foreignCPUShare: 0.5, machine: machine)
        #expect(trial.validity.reasons.map(\.doubt) == [.foreignCPU, .steal, .timerLate])
        var silent = planted()
        silent.plant(0...500, answeredWith: PlantedTrial.standbyTTL)
        #expect(try silent.trial().validity.reasons.map(\.doubt) == [.activeSilent, .standbyEarly, .proberDied])
    }

    /// An instance that is paused from 100 ms to 300 ms, by a fault that theory says something of.
    private func paused(_ timers: SessionTimers) -> PlantedTrial {
        var planted = planted()
        planted.script = FaultSequence(
            FaultRequest(.pause, parameters: FaultParameters(duration: Milliseconds(200))))
        planted.timers = timers
        planted.plant(0..<100, answeredWith: PlantedTrial.activeTTL)
        return planted
    }

    @Test func `a fault with a time of its own lasts until it serves again, and theory knows its time`() throws {
        var short = paused(SessionTimers(holdTime: Milliseconds(90_000)))
        short.plant(100..<300, answeredWith: nil)
        short.plant(300...500, answeredWith: PlantedTrial.activeTTL)
        short.plantEnd()
        let trial = try short.trial()
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.isPredicted && trial.expectation == .stays)
        #expect((trial.outage.lower.value, trial.outage.upper?.value) == (199, 201))
        #expect(trial.expectedOutage.verdict == .inside)
        #expect(trial.convergence == nil)
        #expect(trial.failBack?.restore.before == PlantedTrial.at(300_000))
        #expect(trial.failBack?.outage.lostCount == 0)
    }

    @Test func `a pause that is longer than detection is a failover, and what coming back costs is not its outage`()
        throws
    {
        var long = paused(
            SessionTimers(holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(10), bfdMultiplier: 3))
        long.plant(100..<126, answeredWith: nil)
        long.plant(126..<302, answeredWith: PlantedTrial.standbyTTL)
        long.plant(302..<305, answeredWith: nil)
        long.plant(305...500, answeredWith: PlantedTrial.activeTTL)
        long.plantEnd()
        let trial = try long.trial()
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.expectation == .moves)
        #expect(trial.convergence?.time == Milliseconds(26.05))
        #expect((trial.outage.lower.value, trial.outage.upper?.value) == (25, 27))
        #expect(trial.outage.several?.count == 2)
        #expect(trial.expectedOutage.verdict == .inside)
        #expect(trial.failBack?.outage.lostCount == 3)
        #expect(trial.failBack?.convergence?.time == Milliseconds(5.05))
    }

    @Test func `a sequence's trial carries its steps and changes into JSON and back`() throws {
        let trial = try twoLosses().trial()
        let data = try JSONEncoder().encode(trial)
        #expect(try JSONDecoder().decode(Trial.self, from: data) == trial)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((object["steps"] as? [[String: Any]])?.last?["planned_ms"] as? Double == 200)
        #expect(object["sequence"] is [String: Any])
        #expect((object["events"] as? [Any])?.count == 1)
        #expect((object["subject"] as? [String: Any])?["fault"] == nil)
        let outage = try #require(object["outage"] as? [String: Any])
        let period = try #require((outage["loss_periods"] as? [[String: Any]])?.first)
        #expect(period["served_before"] as? String == "az1" && period["lower_ms"] as? Double == 9)
        #expect((outage["several_periods"] as? [String: Any])?["count"] as? Int == 2)
    }

    @Test func `an application's stall may end after the restore, and the fail-back is what comes of that`() {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.serve(.tcp, 1_000..<2_100, by: nil)
        planted.serve(.tcp, 2_100..<3_000, by: PlantedApplication.active)
        planted.end()
        // One fault's stall is open at its restore; a sequence's lasts until something serves.
        #expect(planted.flow(restoredAt: 2_000_000).stall.upper == nil)
        let whole = planted.flow(restoredAt: 2_000_000, includesRestore: true)
        #expect(whole.stall.upper.map { (1_100...1_120).contains($0.value) } == true, "\(whole.stall)")
        #expect(whole.failBack?.upper.map { (1_100...1_120).contains($0.value) } == true)
        #expect(whole.counts.lost == 110)
    }
}
