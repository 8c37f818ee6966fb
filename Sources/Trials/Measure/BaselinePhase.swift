// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Before the first fault: the active instance answers every flow, and the fault's instant is drawn.
struct BaselinePhase {
    let stage: TrialStage

    /// Waits until every flow is answered, then for the baseline and a random part of the phase.
    ///
    /// - Returns: when the fault was to come.
    /// - Throws: `LabError` for a flow without an answer, `Interrupted`.
    func run(random: any RandomNumberGenerator) throws -> FaultPhase.Draw {
        let active = stage.scene.subject.active
        let limit = Instant.now + TrialCourse.baselineLimit
        stage.show("probing \(active) before the fault", until: limit + stage.course.phase)
        try waitForReplies(until: limit)
        try stage.applications?.waitForBaseline(of: active)
        var random = random
        let part = Int64.random(in: 0..<stage.course.phase.nanoseconds, using: &random)
        let start = Instant.now
        try stage.wait(until: start + TrialCourse.baseline + .nanoseconds(part))
        stage.probers.decideThreshold(faultDelay: stage.plan.sequence.addedRoundTrip)
        stage.observers.decideThreshold(stage.probers.probing.forwardingDelayThreshold)
        return FaultPhase.Draw(
            range: Milliseconds(stage.course.phase), drawn: Milliseconds(nanoseconds: part),
            baseline: Milliseconds(TrialCourse.baseline), begunAt: start)
    }

    private func waitForReplies(until limit: Instant) throws {
        let (probers, flows) = (stage.probers, stage.scene.flows)
        let hasBegun = try stage.feed.wait(until: limit) {
            probers.haveAnswered(flows, after: .zero) { $0.active } || probers.endedNode != nil
        }
        if let node = probers.endedNode {
            throw LabError("\(node)'s prober ended before it was asked to", advice: "see 'rslab logs \(node)'")
        }
        guard !hasBegun else { return }
        let silent = flows.first { probers.latestReply(of: $0.active, on: $0) == nil }
        throw LabError(
            silent.map { "\($0.destination) does not answer \($0.node) from \($0.active)" } ?? "nothing answers",
            advice: "see 'rslab status' and 'rslab tables'")
    }
}
