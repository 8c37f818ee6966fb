// SPDX-License-Identifier: MIT-0
internal import Measurement

extension PlantedError {
    static let lossBefore = PlantedError(
        name: "loss-before", words: "replies lost before the fault", fault: .kill, doubts: [.lossBefore]
    ) { ground in
        try ground.dropReplies(for: .milliseconds(15))
    }
}
