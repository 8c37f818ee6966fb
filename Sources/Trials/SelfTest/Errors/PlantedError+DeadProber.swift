// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LinuxSystem
internal import Measurement

extension PlantedError {
    static let deadProber = PlantedError(
        name: "dead-prober", words: "the prober was killed", fault: .kill, doubts: [.proberDied]
    ) { ground in
        let prober = try ground.prober()
        try ground.wait(untilFaultPlus: .milliseconds(20))
        try prober.handle.send(signal: SIGKILL)
    }
}
