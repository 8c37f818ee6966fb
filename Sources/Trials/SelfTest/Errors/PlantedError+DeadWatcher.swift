// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement

extension PlantedError {
    /// Nothing can be measured without it: the measurement has to end at once, with an error.
    static let deadWatcher = PlantedError(
        name: "dead-watcher", words: "the watcher was killed", fault: .kill, doubts: []
    ) { ground in
        try ground.program(of: LabPlan.vpcNode).handle.send(signal: SIGKILL)
    }
}
