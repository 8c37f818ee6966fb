// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// After the last step: waits for its effect, as the trial's course says.
struct FollowingPhase {
    /// How often the watcher is asked whether all prefixes have moved; each query takes it a moment.
    private static let blockPollInterval = Duration.milliseconds(20)

    let stage: TrialStage

    private var subject: TrialSubject { stage.scene.subject }

    /// - Returns: when the last flow had followed, of those that did.
    func run() throws -> Instant {
        let start = Instant.now
        let isInPlace = !stage.lab.state.faults.isEmpty
        var followed: Instant?
        switch isInPlace ? stage.course.effect : stage.course.effectOfNothing {
        case .standbyServes(let limit): followed = try follow(since: start, until: start + limit)
        case .nothingMoves(let time): try watch(for: time, endsWhenMoved: true)
        case .watched(let time): try watch(for: time, endsWhenMoved: false)
        }
        return followed ?? .now
    }

    // MARK: The standby takes over

    private func follow(since start: Instant, until limit: Instant) throws -> Instant {
        let (flows, probers, standby) = (stage.scene.flows, stage.probers, subject.standby)
        stage.show("\(stage.faultText) injected; waiting for \(standby) to answer", until: limit)
        let moving = flows.filter { $0.active == subject.active && $0.standby != nil }
        let hasConverged = try stage.feed.wait(until: limit) {
            probers.haveAnswered(moving, after: start) { $0.standby } || probers.hasLostProber
        }
        let followed = Instant.now
        try followBlock(until: limit)
        try stage.player.settle()
        if hasConverged { try validate(since: start) }
        return followed
    }

    private func validate(since start: Instant) throws {
        let standby = subject.standby
        if let applications = stage.applications {
            stage.show("\(standby) answers; waiting for the applications to be served")
            try applications.follow(to: standby, since: start)
        }
        let probing = stage.plan.probing
        let validation = Instant.now + probing.sustainedValidation.duration
        stage.show("\(standby) answers; validating that nothing more is lost", until: validation)
        try stage.wait(until: validation + probing.interval.duration * 2)
    }

    /// Waits until every prefix of the block has followed; a trial in which some have not reports that.
    private func followBlock(until limit: Instant) throws {
        guard let announcement = stage.announcement, let table = subject.table else { return }
        while try Instant.now < limit && !announcement.leads(to: subject.standbyNextHops, in: table) {
            try stage.wait(until: .now + Self.blockPollInterval)
        }
    }

    // MARK: Nothing may move, or either may happen

    private func watch(for time: Duration, endsWhenMoved: Bool) throws {
        if subject.fault?.description.keepsRoutes == true {
            try stage.waitUntilAsBefore(until: .now + stage.failBackLimit)
        }
        let start = Instant.now
        let what = endsWhenMoved ? "that no traffic moves" : "what comes of it"
        stage.show("\(stage.faultText) carried out; watching \(what)", until: start + time)
        let (flows, probers) = (stage.scene.flows, stage.probers)
        _ = try stage.feed.wait(until: start + time) {
            // A false failover ends the wait at once; if either may happen, the whole time is watched.
            probers.hasLostProber
                || endsWhenMoved
                    && flows.contains { flow in
                        flow.standby.flatMap { probers.latestReply(of: $0, on: flow) }.map { $0 > start } ?? false
                    }
        }
        try stage.player.settle()
    }
}
