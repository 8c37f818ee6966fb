// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import Measurement

extension PlantedError {
    /// The watcher stamps the route late, so late that the standby has answered before.
    static let stalledWatcher = PlantedError(
        name: "stalled-watcher", words: "the watcher slept while the route changed", fault: .kill,
        doubts: [.outOfOrder, .timerLate]
    ) { ground in
        let watcher = try ground.program(of: LabPlan.vpcNode)
        try ground.wait(untilFaultPlus: .milliseconds(-20))
        try ground.stop(watcher.handle, for: .milliseconds(80))
    }
}
