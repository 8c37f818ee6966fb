// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

/// Faults in sequence: in which order they are carried out, and what is put down to whom.
struct SequenceTrialTests {
    @Test func `faults end before others begin, and whoever is written first goes first`() {
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
    }

    /// A sequence from 100 ms to 300 ms, all as before from 310 ms on.
    private func trial(_ planted: PlantedTrial) -> SequenceTrial {
        let step = SequenceTrial.Step(
            planned: .zero, text: "blackhole on az1",
            instants: EventInstants(before: PlantedTrial.at(100_000), after: PlantedTrial.at(100_200)))
        return SequenceTrial(
            number: 1, subject: planted.subject,
            settings: TrialSettings(probing: planted.settings, timers: planted.timers), ledger: planted.ledger,
            start: PlantedTrial.at(100_000), steps: [step], asBefore: PlantedTrial.at(310_000), events: planted.events)
    }

    @Test func `each loss period says how long it was and who served on either side`() {
        var planted = PlantedTrial()
        planted.plant(0..<101, answeredWith: PlantedTrial.activeTTL)
        planted.plant(101..<111, answeredWith: nil)
        planted.plant(111..<200, answeredWith: PlantedTrial.standbyTTL)
        planted.plant(200..<300, answeredWith: nil)
        planted.plant(300...500, answeredWith: PlantedTrial.activeTTL)
        planted.plantEnd()
        planted.stamp(.sessionDown, 50_000, node: "rs", session: PlantedTrial.session2)
        planted.stamp(.sessionDown, 110_000, node: "rs", session: PlantedTrial.session1)
        let trial = trial(planted)
        #expect(trial.validity.isValid, "\(trial.validity.reasons)")
        #expect(trial.lostCount == 110)
        #expect(trial.losses.map(\.lower.value) == [9, 99])
        #expect(trial.losses.map(\.upper?.value) == [11, 101])
        #expect(trial.losses.map(\.sinceStart.value) == [1, 100])
        #expect(trial.losses.map(\.servedBefore) == ["az1", "az2"])
        #expect(trial.losses.map(\.servedAfter) == ["az2", "az1"])
        // What was before the sequence is none of its business.
        #expect(trial.events.map(\.at) == [PlantedTrial.at(110_000)])
        #expect(trial.expectation == "not predicted")
    }

    @Test func `loss before the first fault, or once all is as before, makes it invalid`() {
        var planted = PlantedTrial()
        planted.plant(0..<50, answeredWith: PlantedTrial.activeTTL)
        planted.plant(50...50, answeredWith: nil)
        planted.plant(51..<400, answeredWith: PlantedTrial.activeTTL)
        planted.plant(400...401, answeredWith: nil)
        planted.plant(402...500, answeredWith: PlantedTrial.activeTTL)
        planted.plantEnd()
        #expect(trial(planted).validity.reasons.map(\.doubt) == [.lossBefore, .lossAfter])
    }
}
