// SPDX-License-Identifier: MIT-0
internal import Measurement

extension PlantedError {
    /// A withdrawn path promises that nothing is lost, so that a loss shows.
    static let lossDuring = PlantedError(
        name: "loss-during", words: "replies lost while a planned change is made", fault: .withdraw,
        doubts: [.lossBefore, .lossAfter, .severalPeriods], breaksPromise: true
    ) { ground in
        try ground.wait(untilFaultPlus: .milliseconds(-10))
        try ground.dropReplies(for: .milliseconds(30))
    }
}
