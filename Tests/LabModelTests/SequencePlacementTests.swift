// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import Testing

/// Where the faults of a sequence fall, found before the first one.
@Suite struct SequencePlacementTests {
    private typealias Step = FaultSequence.Step

    private func placement(_ steps: Step...) throws -> SequencePlacement {
        try SequencePlacement(
            FaultSequence(steps: steps), active: "instance-rs-az1", in: try Layouts.floatingIP())
    }

    @Test func `each fault falls on its target, or on the active instance`() throws {
        let placement = try placement(
            Step(at: .zero, fault: FaultRequest(.kill)),
            Step(at: Milliseconds(100), fault: FaultRequest(.blackhole, target: "instance-rs-az2")))
        #expect(placement.faults.mapValues(\.target.name) == [0: "instance-rs-az1", 1: "instance-rs-az2"])
        #expect(placement.restores.isEmpty)
    }

    @Test func `a restore takes back what is on its target, and that of everything has none`() throws {
        let placement = try placement(
            Step(at: .zero, fault: FaultRequest(.kill)), Step(at: Milliseconds(100), restore: "rs1-az1-rse1"),
            Step(at: Milliseconds(200), restore: FaultSequence.everything))
        #expect(placement.restores == [1: FaultTarget(.endpoint, "rs1-az1-rse1")])
    }

    @Test func `a target that does not exist is found before anything is done`() throws {
        #expect(throws: LabError.self) {
            try placement(
                Step(at: .zero, fault: FaultRequest(.kill)),
                Step(at: Milliseconds(100), fault: FaultRequest(.kill, target: "instance-rs-az3")))
        }
        #expect(throws: LabError.self) { try placement(Step(at: .zero, restore: "instance-rs-az3")) }
    }
}
