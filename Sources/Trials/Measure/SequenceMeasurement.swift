// SPDX-License-Identifier: MIT-0
package import LabHost
internal import LabModel
internal import LinuxSystem
package import Measurement
internal import WireFormat

/// Measures a sequence of faults: probe, carry out every step, take back what is left, validate.
package final class SequenceMeasurement {
    /// Probes before the first fault: enough to see that nothing is lost.
    private static let baseline = Duration.milliseconds(300)
    /// How long the lab may take to be as before, beyond a speaker's own retry.
    private static let recoveryLimit = Duration.seconds(60)

    private let lab: Lab
    private let feed: EventFeed
    private let sequence: FaultSequence
    private let plan: TrialPlan
    private let onProgress: (FailoverTrial.Progress) -> Void

    /// What is probed and how comes from `plan`; its fault does not matter.
    package init(
        _ sequence: FaultSequence, lab: Lab, plan: TrialPlan, interruption: Interruption,
        onProgress: @escaping (FailoverTrial.Progress) -> Void
    ) throws {
        self.sequence = sequence
        self.lab = lab
        var plan = plan
        // Nothing of it is injected: it stands for what the instances are before anything is.
        plan.fault = .soak
        plan.target = nil
        plan.parameters = FaultParameters()
        self.plan = plan
        feed = try EventFeed(interruption: interruption)
        self.onProgress = onProgress
        for node in lab.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
    }

    /// Runs one trial and leaves the lab as it found it, whatever happens.
    package func run(number: Int) throws -> SequenceTrial {
        let scene = try Scene(lab: lab, plan: plan)
        try lab.layout.requirePassage(of: scene.flows, applications: plan.applications)
        let player = try SequencePlayer(sequence, active: scene.subject.active, in: lab, feed: feed)
        let probers = try FlowProbers(scene.flows, probing: plan.probing, lab: lab, feed: feed)
        do {
            return try measure(scene, player, probers, number: number)
        } catch {
            guard !lab.endsWithThisProcess else { throw error }
            // Ctrl-C, and whatever else goes wrong, is no reason to leave the lab broken.
            try feed.ignoringInterruptions {
                try probers.end()
                try player.takeAllBack(planned: .zero)
                try waitUntilAsBefore()
            }
            throw error
        }
    }

    private func measure(
        _ scene: Scene, _ player: SequencePlayer, _ probers: FlowProbers, number: Int
    ) throws -> SequenceTrial {
        let account = try CPUAccount(labInit: lab.state.initProcess.processID)
        let first = Instant.now
        show("probing \(scene.subject.active) before the first fault", until: first + .seconds(5))
        guard
            try feed.wait(
                until: first + .seconds(5), for: { probers.haveAnswered(scene.flows, after: .zero) { $0.active } })
        else {
            throw LabError(
                "the floating IP does not answer from \(scene.subject.active)",
                advice: "see 'rslab status' and 'rslab tables'")
        }
        _ = try feed.wait(until: .now + Self.baseline) { false }
        let start = try player.play { show($0, until: $1) }
        try watch(scene.timers)
        let planned = Milliseconds(from: start, to: .now)
        try feed.ignoringInterruptions { try player.takeAllBack(planned: planned) }
        try waitUntilAsBefore()
        let restored = Instant.now
        guard
            try feed.wait(
                until: restored + Self.recoveryLimit + lab.longestRouteDelay,
                for: { probers.haveAnswered(scene.flows, after: restored) { $0.active } })
        else {
            throw LabError("\(scene.subject.active) did not take the traffic back", advice: "see 'rslab neighbors'")
        }
        let asBefore = Instant.now
        let now = try CPUAccount(labInit: lab.state.initProcess.processID)
        _ = try feed.wait(until: asBefore + plan.probing.sustainedValidation.duration) { false }
        if let decided = probers.decided(sentBy: .now - .milliseconds(50)) {
            _ = try feed.wait(until: decided) { false }
        }
        try probers.end()
        return SequenceTrial(
            number: number, subject: scene.subject,
            settings: TrialSettings(probing: plan.probing, flows: plan.flows, timers: scene.timers),
            ledger: probers.ledger, start: start, steps: player.steps, asBefore: asBefore, events: feed.events,
            listenedUntil: probers.listenedUntil, foreignCPUShare: now.foreignShare(since: account),
            stealShare: now.stealShare(since: account))
    }

    /// What the last step brings is to be seen: for as long as was asked for, or the validation time beyond BFD's or a
    /// short hold timer.
    private func watch(_ timers: SessionTimers) throws {
        var watch = plan.probing.sustainedValidation.duration
        for timer in [timers.holdTime, timers.bfdDetectionTime].compactMap(\.self) where timer <= Milliseconds(10_000) {
            watch = max(watch, timer.duration + plan.probing.sustainedValidation.duration / 2)
        }
        watch = plan.watchTime ?? watch
        // Nothing is left that could still come.
        guard !lab.state.faults.isEmpty else { return }
        show("watching what comes of the last step", until: .now + watch)
        _ = try feed.wait(until: .now + watch) { false }
    }

    private func waitUntilAsBefore() throws {
        let limit = Instant.now + Self.recoveryLimit + lab.longestRouteDelay
        show("waiting for all sessions and routes to be as before", until: limit)
        let readiness = Readiness(lab: lab, feed: feed, deadline: limit)
        try readiness.waitForSessions()
        try readiness.waitForBFD()
        try readiness.waitForRoutes()
    }

    private func show(_ text: String, until deadline: Instant) {
        feed.onTick = { [onProgress] in onProgress(FailoverTrial.Progress(text: text, deadline: deadline)) }
        feed.onTick()
    }
}

extension Lab {
    /// Carries out a sequence without a measurement; what it does not take back itself stays in place.
    package func play(_ sequence: FaultSequence, interruption: Interruption) throws -> [SequenceTrial.Step] {
        try requireNoFault()
        let feed = try EventFeed(interruption: interruption)
        let player = try SequencePlayer(sequence, active: try activeInstance(), in: self, feed: feed)
        _ = try player.play { _, _ in }
        return player.steps
    }

    /// What a run on this lab rests on.
    package func runEnvironment(version: String) -> RunEnvironment {
        var environment = RunEnvironment.current(versions: ["rslab": version])
        environment.settings = state.statedSettings
        return environment
    }
}
