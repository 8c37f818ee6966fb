// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import Measurement

extension PlantedError {
    /// Who answers is known by the time to live only, and anybody can send that.
    static let ghostReplies = PlantedError(
        name: "ghost-replies", words: "another host answers for the instance that failed", fault: .blackhole,
        doubts: [.activeAnswered]
    ) { ground in
        let ghost = try ground.ghost(of: ground.active)
        try ground.wait(untilFaultPlus: .milliseconds(30))
        try ghost.answer(for: .milliseconds(20))
    }
}
