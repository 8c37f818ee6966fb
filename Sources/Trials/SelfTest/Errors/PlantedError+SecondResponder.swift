// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import Measurement

extension PlantedError {
    static let secondResponder = PlantedError(
        name: "second-responder", words: "a second host answers besides the standby", fault: .kill,
        doubts: [.duplicates]
    ) { ground in
        let ghost = try ground.ghost(of: ground.standby)
        try ground.wait(untilFaultPlus: .milliseconds(60))
        try ghost.answer(for: .milliseconds(20))
    }
}
