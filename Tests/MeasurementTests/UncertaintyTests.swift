// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct UncertaintyTests {
    @Test func `a figure's bound is the sum of what it depends on`() throws {
        // One probe a millisecond, one of them lost; the fault took 0.1 ms.
        let uncertainty = try #require(try PlantedTrial.oneLost.trial().uncertainty)
        let outage = try #require(uncertainty.outage)
        #expect(outage.terms.map(\.source) == [.probeInterval])
        #expect(outage.total == Milliseconds(1))
        let convergence = try #require(uncertainty.convergence)
        #expect(convergence.terms.map(\.source) == [.probeInterval, .fault])
        #expect(convergence.total == Milliseconds(1.1))
        #expect(uncertainty.detection?.total == Milliseconds(0.1))
    }

    @Test func `a late prober and a late route server add their share`() throws {
        var planted = PlantedTrial.oneLost
        planted.ledger.record(.transmitted(sequence: 101, at: PlantedTrial.at(103_000)))
        planted.ledger.record(
            .received(sequence: 101, at: PlantedTrial.at(103_050), timeToLive: PlantedTrial.standbyTTL))
        let trial = try planted.trial(machine: MachineConditions(loopLateness: ["rs": Milliseconds(2)]))
        let uncertainty = try #require(trial.uncertainty)
        #expect(uncertainty.outage?.terms.contains { $0.source == .lateness } == true)
        #expect(uncertainty.detection?.terms.map(\.source) == [.wakeUp, .fault])
        #expect(uncertainty.detection?.total == Milliseconds(2.1))
    }
}
