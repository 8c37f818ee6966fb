// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import Measurement
internal import WireFormat

/// The lab, the plan and the running programs that all phases of one trial use.
struct TrialStage {
    let lab: Lab
    let feed: EventFeed
    let plan: TrialPlan
    let scene: Scene
    let course: TrialCourse
    let player: SequencePlayer
    let probers: FlowProbers
    let observers: TrialObservers
    /// Nil where no application is measured.
    let applications: ApplicationClient?
    /// Nil where nothing is announced for the run.
    let announcement: BlockAnnouncement?
    let onProgress: (FailoverTrial.Progress) -> Void

    /// A route that is held back on purpose is waited for.
    var failBackLimit: Duration { TrialCourse.usualFailBackLimit + lab.layout.longestRouteDelay }

    /// The faults in a word or two, for progress.
    var faultText: String { scene.subject.fault?.rawValue ?? "the last step" }

    func show(_ text: String, until deadline: Instant? = nil) {
        onProgress(FailoverTrial.Progress(text: text, deadline: deadline))
    }

    /// Waits, and receives events and records meanwhile.
    func wait(until instant: Instant) throws {
        _ = try feed.wait(until: instant) { false }
    }

    /// Waits until every session and route is as before the first fault.
    func waitUntilAsBefore(until limit: Instant) throws {
        show("waiting for all sessions and routes to be as before", until: limit)
        let readiness = Readiness(lab: lab, feed: feed, deadline: limit)
        try readiness.waitForSessions()
        try readiness.waitForBFD(anew: true)
        // A BFD session that went down meanwhile took its BGP session along.
        try readiness.waitForSessions()
        try readiness.waitForRoutes()
        try announcement?.waitUntilComplete(until: limit)
    }
}
