// SPDX-License-Identifier: MIT-0
package import LabHost
package import LabModel
internal import LinuxSystem
package import Measurement
package import WireFormat

/// One measured failover: probe, carry out a sequence of faults, follow its effect, restore, follow the traffic back.
///
/// Each phase is a type of its own. `TrialCourse` says how long each waits, and `Trial` computes the figures.
package final class FailoverTrial {
    /// What is being waited for, and until when at most; nil without a known limit.
    package struct Progress: Sendable {
        package var text: String
        package var deadline: Instant?
    }

    private let lab: Lab
    private let feed: EventFeed
    private let plan: TrialPlan
    /// Nil if nothing is announced for the run.
    private let announcement: BlockAnnouncement?
    private let random: any RandomNumberGenerator
    private let onProgress: (Progress) -> Void
    private let endsWithRun: Bool

    /// Creates a trial; `feed` must receive the events of the route servers and of the router's watcher.
    ///
    /// A lab with `endsWithRun` is not put back when the trial fails.
    package init(
        lab: Lab, feed: EventFeed, plan: TrialPlan, announcement: BlockAnnouncement? = nil,
        random: any RandomNumberGenerator, endsWithRun: Bool,
        onProgress: @escaping (Progress) -> Void
    ) {
        self.lab = lab
        self.feed = feed
        self.plan = plan
        self.announcement = announcement
        self.random = random
        self.onProgress = onProgress
        self.endsWithRun = endsWithRun
    }

    /// Runs the trial and leaves the lab as it found it, whatever happens.
    ///
    /// - Throws: `Interrupted`, `LabError`; the faults are taken back before.
    package func run(number: Int) throws -> (trial: Trial, records: TrialRecords) {
        let scene = try Scene(lab: lab, plan: plan, announcing: announcement?.block)
        try lab.layout.requirePassage(of: scene.flows, applications: plan.applications)
        let player = try SequencePlayer(plan.sequence, at: scene.placement, in: lab, feed: feed)
        let probers = try FlowProbers(scene.flows, probing: plan.probing, lab: lab, feed: feed)
        var applications: ApplicationClient?
        var observers: TrialObservers?
        do {
            let observing = try TrialObservers(
                of: probers.flows[0], cookie: probers.cookie, plan: plan, lab: lab, feed: feed)
            observers = observing
            applications = try plan.applications.map {
                try ApplicationClient($0, subject: scene.subject, lab: lab, feed: feed)
            }
            let stage = TrialStage(
                lab: lab, feed: feed, plan: plan, scene: scene,
                course: plan.course(of: scene.subject.planned, timers: scene.timers), player: player,
                probers: probers, observers: observing, applications: applications, announcement: announcement,
                onProgress: onProgress)
            return try measure(stage, number: number)
        } catch {
            // A prober of this trial must not outlive it.
            if !endsWithRun {
                try feed.ignoringInterruptions {
                    try probers.end()
                    try observers?.end()
                    try applications?.end()
                }
            }
            throw error
        }
    }

    private func measure(_ stage: TrialStage, number: Int) throws -> (Trial, TrialRecords) {
        let restoring = RestoringPhase(stage: stage, endsWithRun: endsWithRun)
        let watch = try MachineWatch(lab, faults: stage.scene.placement)
        let draw = try BaselinePhase(stage: stage).run(random: random)
        feed.beginRecord()
        var machine: (foreignCPUShare: Double, conditions: MachineConditions)?
        var prefixes: PrefixConvergence.Records?
        var followed = Instant.now
        var foundGoneAt: Instant?
        do {
            try announcement?.begin()
            stage.player.onTakingBack = { prefixes = try self.prefixRecords(of: stage.scene.subject) }
            // A speaker that was started again only announces what its template says.
            stage.player.onTakenBack = { try self.announcement?.announceAgain() }
            try stage.player.play { stage.show($0, until: $1) }
            followed = try FollowingPhase(stage: stage).run()
            machine = try watch.end()
            foundGoneAt = try stage.player.findGone()
        } catch {
            try restoring.recover(after: error)
        }
        try restoring.takeBack()
        let asBefore = try restoring.followBack()
        try end(stage, followed: followed)
        var records = TrialRecords(ledger: stage.probers.ledger, events: feed.endRecord())
        records.flows = stage.probers.records
        records.witnesses = stage.observers.records
        records.phase = draw
        records.prefixes = prefixes
        records.applications = stage.applications?.ledger
        records.steps = stage.player.steps
        records.asBefore = asBefore
        records.foundGoneAt = foundGoneAt
        records.listenedUntil = stage.probers.listenedUntil
        records.foreignCPUShare = machine?.foreignCPUShare
        records.machine = machine?.conditions
        let trial = try Trial(
            number: number, subject: stage.scene.subject, sequence: plan.sequence,
            settings: TrialSettings(
                probing: stage.probers.probing, flows: plan.flows, timers: stage.scene.timers, limits: plan.limits,
                allowance: plan.flows.allowance), records: records)
        return (trial, records)
    }

    /// The block's changes up to a restore; nil if no block is announced.
    private func prefixRecords(of subject: TrialSubject) throws -> PrefixConvergence.Records? {
        try subject.table.flatMap { try announcement?.records(in: $0, routeServer: subject.routeServerNode) }
    }

    /// Ends the probers, once the fate of their probes is certain.
    private func end(_ stage: TrialStage, followed: Instant) throws {
        // A prober that stops listening before the forwarding delay threshold has passed cannot tell lost from late.
        // The youngest probes' replies may still be in the pipe.
        let threshold = stage.probers.probing.forwardingDelayThreshold.duration
        let outward = plan.flows.isOutward ? followed + threshold : nil
        if let decided = [stage.probers.decided(sentBy: .now - .milliseconds(50)), outward].compactMap(\.self).max() {
            try stage.wait(until: decided)
        }
        try stage.probers.end()
        try stage.observers.end()
        try stage.applications?.end()
    }
}
