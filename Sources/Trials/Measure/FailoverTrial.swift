// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
package import LabHost
internal import LabModel
internal import LinuxSystem
package import Measurement
internal import RouteServer
package import WireFormat

/// One measured failover: probe, inject, follow to the standby, validate, restore, follow back.
package final class FailoverTrial {
    /// What is being waited for, and until when at most; nil where no limit is known.
    package struct Progress: Sendable {
        package var text: String
        package var deadline: Instant?
    }

    /// Probes before the fault: enough to see that nothing is lost.
    private static let baseline = Duration.milliseconds(300)
    /// How long the standby may take beyond what the timers allow.
    private static let followMargin = Duration.seconds(10)
    /// How long an instance that was put back may take to serve again, beyond a speaker's own retry.
    private static let usualFailBackLimit = Duration.seconds(60)
    /// A route that is held back on purpose is waited for.
    private var failBackLimit: Duration { Self.usualFailBackLimit + lab.longestRouteDelay }
    /// How often the watcher is asked whether all prefixes have moved, which costs it a moment each time.
    private static let blockPollInterval = Duration.milliseconds(20)
    /// Whoever runs a hold time of 90 s does not want each trial to wait for it.
    private static let longestWatchedTimer = Duration.seconds(10)
    /// The fail-back is watched for at most this long.
    private static let failBackValidation = Duration.seconds(1)

    private let lab: Lab
    private let feed: EventFeed
    private let plan: TrialPlan
    /// Nil where nothing is announced for the run.
    private let announcement: BlockAnnouncement?
    private let random: any RandomNumberGenerator
    private let onProgress: (Progress) -> Void
    private let endsWithRun: Bool
    private var applications: ApplicationClient?

    private var fault: FaultName { plan.fault }
    private var probing: ProbeSettings { plan.probing }

    /// `feed` must hear the route servers and the router's watcher.
    ///
    /// A lab that `endsWithRun` is not put back when the trial fails.
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
    /// - Throws: `Interrupted`, `LabError`; the fault is taken back before.
    package func run(number: Int) throws -> Trial {
        var scene = try Scene(lab: lab, plan: plan)
        if let block = announcement?.block {
            try scene.addSamples(of: block, count: plan.flows.sampleCount, probing: probing)
        }
        if plan.flows.isOutward { try scene.addOutward(in: lab, probing: probing) }
        try lab.layout.requirePassage(of: scene.flows, applications: plan.applications)
        let settings = TrialSettings(
            probing: probing, flows: plan.flows, timers: scene.timers, limits: plan.limits,
            allowance: plan.flows.allowance)
        let injector = try FaultInjector(scene.placement, in: lab)
        let probers = try FlowProbers(scene.flows, probing: probing, lab: lab, feed: feed)
        do {
            applications = try plan.applications.map {
                try ApplicationClient($0, subject: scene.subject, lab: lab, feed: feed)
            }
            return try measure(scene, settings, injector, probers, number: number)
        } catch {
            // Whoever uses the lab next is not to meet a prober of before.
            if !endsWithRun {
                try feed.ignoringInterruptions {
                    try probers.end()
                    try applications?.end()
                }
            }
            throw error
        }
    }

    private func measure(
        _ scene: Scene, _ settings: TrialSettings, _ injector: FaultInjector, _ probers: FlowProbers, number: Int
    ) throws -> Trial {
        let watch = try MachineWatch(lab)
        try waitForBaseline(of: probers, scene)
        let eventsBefore = feed.events.count
        var machine: (foreignCPUShare: Double, conditions: MachineConditions)?
        var prefixes: PrefixConvergence.Records?
        var followed = Instant.now
        try announcement?.begin()
        do {
            try injector.inject(waitingIn: feed).forEach(feed.record)
            followed = try followToStandby(of: probers, scene, injector)
            prefixes = try scene.subject.table.flatMap { table in
                try announcement?.records(in: table, routeServer: scene.subject.routeServerNode)
            }
            machine = try watch.end()
        } catch {
            try recover(injector, after: error)
        }
        try feed.ignoringInterruptions { try restore(injector) }
        do {
            try followBack(of: probers, scene)
        } catch let interrupted as Interrupted {
            try waitAfter(interrupted)
        }
        // Whoever stops listening before the forwarding delay threshold has passed cannot tell lost from late.
        // The youngest probes' replies may still be in the pipe.
        let outward = plan.flows.isOutward ? followed + .nanoseconds(probing.forwardingDelayThreshold.nanoseconds) : nil
        if let decided = [probers.decided(sentBy: .now - .milliseconds(50)), outward].compactMap(\.self).max() {
            _ = try feed.wait(until: decided) { false }
        }
        try probers.end()
        try applications?.end()
        var trial = try Trial(
            number: number, subject: scene.subject, settings: settings, ledger: probers.ledger,
            flows: probers.records, prefixes: prefixes, events: Array(feed.events.dropFirst(eventsBefore)),
            listenedUntil: probers.listenedUntil, foreignCPUShare: machine?.foreignCPUShare,
            machine: machine?.conditions)
        if let ledger = applications?.ledger { trial.add(ledger) }
        return trial
    }

    // MARK: Putting back

    /// Ctrl-C, and whatever else goes wrong, is no reason to leave the lab broken, unless it ends anyway.
    private func recover(_ injector: FaultInjector, after error: any Error) throws -> Never {
        guard !endsWithRun else { throw error }
        do {
            try feed.ignoringInterruptions {
                try restore(injector)
                try waitUntilAsBefore(until: .now + failBackLimit)
            }
        } catch let second {
            throw LabError("\(error); and the lab could not be put back: \(second)", advice: "run 'rslab restore'")
        }
        throw error
    }

    private func waitAfter(_ interrupted: Interrupted) throws -> Never {
        guard !endsWithRun else { throw interrupted }
        try feed.ignoringInterruptions { try waitUntilAsBefore(until: .now + failBackLimit) }
        throw interrupted
    }

    // MARK: Steps

    private func waitForBaseline(of probers: FlowProbers, _ scene: Scene) throws {
        let subject = scene.subject
        let phase = phase(against: scene.timers)
        let limit = Instant.now + .seconds(5)
        onProgress(Progress(text: "probing \(subject.active) before the fault", deadline: limit + phase))
        let hasBegun = try feed.wait(until: limit) {
            probers.haveAnswered(scene.flows, after: .zero) { $0.active } || probers.endedNode != nil
        }
        if let node = probers.endedNode {
            throw LabError("\(node)'s prober ended before it was asked to", advice: "see 'rslab logs \(node)'")
        }
        guard hasBegun else {
            let silent = scene.flows.first { probers.latestReply(of: $0.active, on: $0) == nil }
            throw LabError(
                silent.map { "\($0.destination) does not answer \($0.node) from \($0.active)" } ?? "nothing answers",
                advice: "see 'rslab status' and 'rslab tables'")
        }
        try applications?.waitForBaseline(of: scene.subject.active)
        var random = random
        let wait = Self.baseline + .nanoseconds(Int64.random(in: 0..<phase.nanoseconds, using: &random))
        _ = try feed.wait(until: .now + wait) { false }
    }

    /// What the fault's instant is random over: the prober's schedule, and where a timer has to find out, the interval of what
    /// it waits for.
    private func phase(against timers: SessionTimers) -> Duration {
        guard fault.signal == .silence, let keepalive = timers.keepaliveInterval, keepalive.nanoseconds > 0 else {
            return .milliseconds(20)
        }
        guard let interval = timers.bfdInterval, interval < keepalive else {
            return .nanoseconds(keepalive.nanoseconds)
        }
        return .nanoseconds(max(interval.nanoseconds, Duration.milliseconds(20).nanoseconds))
    }

    /// - Returns: when the last flow had followed, as far as they did.
    private func followToStandby(
        of probers: FlowProbers, _ scene: Scene, _ injector: FaultInjector
    ) throws -> Instant {
        let start = Instant.now
        let window = ExpectedWindow.detection(
            of: scene.subject.planned, timers: scene.timers, allowance: ExpectedWindow.usualAllowance)
        let limit =
            start + .nanoseconds((window.upper ?? .zero).nanoseconds) + Self.followMargin
            + lab.state.options.routeServer.delays.ribToTable
        let standby = scene.subject.standby
        guard scene.subject.planned.expectation(timers: scene.timers) == .moves else {
            if fault == .routeServerRestart { try waitUntilAsBefore(until: start + failBackLimit) }
            try watchThatNothingMoves(probers, scene, window: window)
            return .now
        }
        onProgress(Progress(text: "\(fault.rawValue) injected; waiting for \(standby) to answer", deadline: limit))
        let moving = scene.flows.filter { $0.active == scene.subject.active && $0.standby != nil }
        let hasConverged = try feed.wait(until: limit) {
            probers.haveAnswered(moving, after: start) { $0.standby }
        }
        let followed = Instant.now
        try followBlock(scene, until: limit)
        try injector.settle()
        guard hasConverged else { return followed }
        if let applications {
            onProgress(Progress(text: "\(standby) answers; waiting for the applications to be served", deadline: nil))
            try applications.follow(to: standby, since: start)
        }
        let validation = Instant.now + .nanoseconds(probing.sustainedValidation.nanoseconds)
        onProgress(Progress(text: "\(standby) answers; validating that nothing more is lost", deadline: validation))
        _ = try feed.wait(until: validation + .nanoseconds(2 * probing.interval.nanoseconds)) { false }
        return followed
    }

    /// Waits until every prefix of the block has followed; a trial in which some did not says so.
    private func followBlock(_ scene: Scene, until limit: Instant) throws {
        guard let announcement, let table = scene.subject.table else { return }
        while try Instant.now < limit && !announcement.leads(to: scene.subject.standbyNextHops, in: table) {
            _ = try feed.wait(until: .now + Self.blockPollInterval) { false }
        }
    }

    /// A fault that moves nothing is watched for as long as was asked for, or else for as long as a timer could take to find
    /// it, and the validation time.
    private func watchThatNothingMoves(_ probers: FlowProbers, _ scene: Scene, window: ExpectedWindow) throws {
        let start = Instant.now
        let stays = scene.subject.planned.expectation(timers: scene.timers) == .stays
        var watch = Duration.nanoseconds(probing.sustainedValidation.nanoseconds)
        for timer in [scene.timers.holdTime, scene.timers.bfdDetectionTime].compactMap(\.self)
        where timer.nanoseconds <= Self.longestWatchedTimer.nanoseconds {
            watch = max(watch, .nanoseconds(timer.nanoseconds + probing.sustainedValidation.nanoseconds / 2))
        }
        watch = plan.watchTime ?? watch
        onProgress(
            Progress(
                text: "\(fault.rawValue) injected; watching \(stays ? "that no traffic moves" : "what comes of it")",
                deadline: start + watch))
        _ = try feed.wait(until: start + watch) {
            // A false failover is told at once; where either may come, all of it is to be seen.
            stays
                && scene.flows.contains { flow in
                    flow.standby.flatMap { probers.latestReply(of: $0, on: flow) }.map { $0 > start } ?? false
                }
        }
    }

    private func restore(_ injector: FaultInjector) throws {
        let limit = Instant.now + failBackLimit
        onProgress(Progress(text: "taking the fault back", deadline: limit))
        try injector.restore(waitingIn: feed, deadline: limit).forEach(feed.record)
        // A speaker that was started anew knows of its template alone.
        try announcement?.announceAgain()
    }

    private func followBack(of probers: FlowProbers, _ scene: Scene) throws {
        let subject = scene.subject
        let start = Instant.now
        let limit = start + failBackLimit
        onProgress(Progress(text: "waiting for \(subject.active) to take the traffic back", deadline: limit))
        let isBack = try feed.wait(until: limit) { probers.haveAnswered(scene.flows, after: start) { $0.active } }
        guard isBack else {
            throw LabError(
                "\(subject.active) did not take the traffic back within \(failBackLimit.milliseconds / 1000) s",
                advice: "see 'rslab neighbors' and 'rslab logs \(subject.active)'")
        }
        try applications?.follow(to: subject.active, since: start)
        let validation = min(.nanoseconds(probing.sustainedValidation.nanoseconds), Self.failBackValidation)
        _ = try feed.wait(until: .now + validation) { false }
        try waitUntilAsBefore(until: limit)
    }

    private func waitUntilAsBefore(until limit: Instant) throws {
        onProgress(Progress(text: "waiting for all sessions and routes to be as before", deadline: limit))
        let readiness = Readiness(lab: lab, feed: feed, deadline: limit)
        try readiness.waitForSessions()
        try readiness.waitForBFD()
        try readiness.waitForRoutes()
        try announcement?.waitUntilComplete(until: limit)
    }
}
