// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import Measurement

extension PlantedError {
    static let stalledProber = PlantedError(
        name: "stalled-prober", words: "the prober slept", fault: .kill, doubts: [.proberLate]
    ) { ground in
        let prober = try ground.prober()
        try ground.wait(untilFaultPlus: .milliseconds(20))
        try ground.stop(prober.handle, for: .milliseconds(30))
    }
}
