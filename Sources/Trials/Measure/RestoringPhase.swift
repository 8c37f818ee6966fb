// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The end of a trial: faults still in place are restored, and the lab returns to its former state.
struct RestoringPhase {
    let stage: TrialStage
    /// Whether the lab ends with the run; it is then not put back when the trial fails.
    let endsWithRun: Bool

    private var active: String { stage.scene.subject.active }

    /// Restores the faults still in place, and completes that even if the user interrupts it.
    func takeBack() throws {
        try stage.feed.ignoringInterruptions {
            if !stage.lab.state.faults.isEmpty {
                stage.show("taking back what is in place", until: .now + stage.failBackLimit)
            }
            try stage.player.takeAllBack()
        }
    }

    /// Follows the traffic back to the instance that was active, and waits until everything is as before.
    ///
    /// - Returns: when it was.
    /// - Throws: `LabError` if the instance does not serve again; `Interrupted`, once the lab is as before.
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
        // The last session to come back may have moved the traffic once more.
        try waitForActive(since: .now, until: limit)
        let asBefore = Instant.now
        stage.show("all is as before; validating that nothing more is lost", until: asBefore + validation)
        try stage.wait(until: asBefore + validation + stage.plan.probing.interval.duration * 2)
        return asBefore
    }

    private func waitForActive(since start: Instant, until limit: Instant) throws {
        let (flows, probers) = (stage.scene.flows, stage.probers)
        let hasAnswered = try stage.feed.wait(until: limit) {
            probers.haveAnswered(flows, after: start) { $0.active } || probers.hasLostProber
        }
        guard hasAnswered else {
            throw LabError(
                "\(active) did not take the traffic back within \(stage.failBackLimit.milliseconds / 1000) s",
                advice: "see 'rslab neighbors' and 'rslab logs \(active)'")
        }
    }

    /// Restores the lab after any error, Ctrl-C included, unless the lab ends anyway.
    func recover(after error: any Error) throws -> Never {
        guard !endsWithRun else { throw error }
        // The trial has no result, so nothing is recorded any more.
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
