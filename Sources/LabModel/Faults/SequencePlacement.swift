// SPDX-License-Identifier: MIT-0
package import Measurement

/// Where the faults of a sequence fall, and what its restores take back: found in a lab before anything is done.
package struct SequencePlacement: Sendable {
    /// Of each step that injects a fault, by its number.
    package let faults: [Int: FaultPlacement]
    /// Of each step that takes back what is in place on one target; a step that takes back everything has none.
    package let restores: [Int: FaultTarget]

    /// `active` is the instance that faults without a target fall on.
    ///
    /// - Throws: `LabError` where there is no such target, or a fault makes no sense on it.
    package init(_ sequence: FaultSequence, active: String, in lab: LabLayout) throws {
        var faults: [Int: FaultPlacement] = [:]
        var restores: [Int: FaultTarget] = [:]
        for (number, step) in sequence.steps.enumerated() {
            if let fault = step.fault { faults[number] = try FaultPlacement(fault, active: active, in: lab) }
            if let target = step.restore, target != FaultSequence.everything {
                // Nothing falls on it: every target takes a soak.
                restores[number] = try FaultPlacement(FaultRequest(.soak, target: target), active: active, in: lab)
                    .target
            }
        }
        self.faults = faults
        self.restores = restores
    }
}
