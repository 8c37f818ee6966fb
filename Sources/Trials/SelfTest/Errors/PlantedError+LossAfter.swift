// SPDX-License-Identifier: MIT-0
internal import Measurement

extension PlantedError {
    static let lossAfter = PlantedError(
        name: "loss-after", words: "replies lost after the standby has taken over", fault: .kill, doubts: [.lossAfter]
    ) { ground in
        try ground.wait(untilFaultPlus: .milliseconds(80))
        try ground.dropReplies(for: .milliseconds(15))
    }
}
