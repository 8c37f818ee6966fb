// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The end of a trial: what is still in place is taken back, and all is to be as before.
struct RestoringPhase {
    let stage: TrialStage
    /// A lab that ends with the run is not put back when the trial fails.
    let endsWithRun: Bool

    private var active: String { stage.scene.subject.active }

    /// Takes back what is still in place, to its end even when the user asks to stop.
    func takeBack() throws {
        try stage.feed.ignoringInterruptions {
            if !stage.lab.state.faults.isEmpty {
                stage.show("taking back what is in place", until: .now + stage.failBackLimit)
            }
            try stage.player.takeAllBack()
        }
    }

    /// Follows the traffic back to the instance that was active, and waits until all is as before.
    ///
    /// - Returns: when it was.
    /// - Throws: `LabError` where the instance does not serve again; `Interrupted`, once the lab is as before.
    func followBack() throws -> Instant {
        do {
            return try followBackOrStop()
        } catch let interrupted as Interrupted {
            if !endsWithRun {
                try stage.feed.ignoringInterruptions { try stage.waitUntilAsBefore(until: .now + stage.failBackLimit) }
            }
            throw interrupted
        }
    }

    private func followBackOrStop() throws -> Instant {
        let start = Instant.now
        let limit = start + stage.failBackLimit
        stage.show("waiting for \(active) to take the traffic back", until: limit)
        try waitForActive(since: start, until: limit)
        try stage.applications?.follow(to: active, since: start, unservedSince: stage.player.start)
        guard let validation = stage.course.validation else {
            try stage.wait(until: .now + stage.course.failBackValidation)
            try stage.waitUntilAsBefore(until: limit)
            return .now
        }
        try stage.waitUntilAsBefore(until: limit)
        // A session that came back last may have moved the traffic once more.
        try waitForActive(since: .now, until: limit)
        let asBefore = Instant.now
        stage.show("all is as before; validating that nothing more is lost", until: asBefore + validation)
        try stage.wait(until: asBefore + validation + stage.plan.probing.interval.duration * 2)
        return asBefore
    }

    private func waitForActive(since start: Instant, until limit: Instant) throws {
        let (flows, probers) = (stage.scene.flows, stage.probers)
        guard try stage.feed.wait(until: limit, for: { probers.haveAnswered(flows, after: start) { $0.active } })
        else {
            throw LabError(
                "\(active) did not take the traffic back within \(stage.failBackLimit.milliseconds / 1000) s",
                advice: "see 'rslab neighbors' and 'rslab logs \(active)'")
        }
    }

    /// Ctrl-C, and whatever else goes wrong, is no reason to leave the lab broken, unless it ends anyway.
    func recover(after error: any Error) throws -> Never {
        guard !endsWithRun else { throw error }
        // What moved until now is no longer of interest.
        stage.player.onTakingBack = {}
        do {
            try takeBack()
            try stage.feed.ignoringInterruptions { try stage.waitUntilAsBefore(until: .now + stage.failBackLimit) }
        } catch let second {
            throw LabError("\(error); and the lab could not be put back: \(second)", advice: "run 'rslab restore'")
        }
        throw error
    }
}
