// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LinuxSystem
internal import Measurement

extension PlantedError {
    /// A reply that comes later than the threshold is no answer, even if it comes.
    ///
    /// The standby does not get the requests for a while, and another host answers them in its place.
    static let lateReplies = PlantedError(
        name: "late-replies", words: "replies that come 150 ms late, where 100 ms are allowed", fault: .kill,
        arguments: ["--lost-after", "100ms"], doubts: [.lossAfter]
    ) { ground in
        let ghost = try ground.ghost(of: ground.standby)
        try ground.wait(untilFaultPlus: .milliseconds(60))
        try ground.whileDroppingRequests(to: ground.standby) {
            try ghost.answer(for: .milliseconds(20), delayedBy: .milliseconds(150))
        }
    }
}
