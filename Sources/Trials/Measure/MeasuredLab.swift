// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// A lab on which trials are measured, with its nodes' events.
final class MeasuredLab {
    let lab: Lab
    private let feed: EventFeed
    /// The block announced in addition to the template's prefixes, while the lab is measured.
    private var announcement: BlockAnnouncement?
    /// The responders that answer applications while they are measured.
    private var responders: ApplicationResponders?

    /// Prepares the lab for trials of `plan`, and of others that differ from it only in the fault.
    ///
    /// - Throws: `LabError` if another rslab works on the lab, or a fault is in place.
    init(_ lab: Lab, for plan: TrialPlan, interruption: Interruption) throws {
        self.lab = lab
        try lab.takeLock()
        try lab.state.requireNoFault()
        try lab.requireServices()
        feed = try EventFeed(interruption: interruption)
        for node in lab.layout.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
        try lab.hearOfDeaths(in: feed)
        do {
            responders = try plan.applications.map { try ApplicationResponders(in: lab, settings: $0) }
            lab.onBoot = { [responders] in try responders?.start(on: $0) }
            announcement = try BlockAnnouncement.begin(plan.flows.block, in: lab, feed: feed)
        } catch {
            endResponders()
            throw error
        }
    }

    /// Restores the lab as it was found.
    func end() throws {
        defer { endResponders() }
        try announcement?.end()
    }

    /// Ends the responders; nothing of them is left running in the instances.
    func endResponders() {
        lab.onBoot = { _ in }
        responders?.end()
        responders = nil
    }

    /// Whether Ctrl-C came while nothing waited for it.
    var isInterrupted: Bool { feed.isInterrupted }

    /// Measures one trial; the lab is restored afterwards, whatever happens.
    ///
    /// `onProgress` is called with each step, and twice a second while it lasts.
    func measure(
        _ plan: TrialPlan, number: Int, random: SeededGenerator, onProgress: @escaping (FailoverTrial.Progress) -> Void
    ) throws -> (trial: Trial, records: TrialRecords) {
        let trial = FailoverTrial(
            lab: lab, feed: feed, plan: plan, announcement: announcement, random: random,
            endsWithRun: lab.endsWithThisProcess
        ) { [feed] step in
            feed.onTick = { onProgress(step) }
            feed.onTick()
        }
        return try trial.run(number: number)
    }

    /// The conditions of the figures, other than the machine itself.
    var conditions: [String] {
        var priorities: [String] = []
        for event in feed.starts {
            guard case .scheduling(_, let priority) = event.detail else { continue }
            // A route server that was restarted reports it again.
            let granted = priority.map { "SCHED_FIFO \($0)" } ?? "SCHED_OTHER: no real-time priority granted"
            let text = "\(event.node): \(granted)"
            if !priorities.contains(text) { priorities.append(text) }
        }
        guard lab.state.options.speaker == .builtin else { return priorities }
        return priorities + [
            "speakers: unmap their program's pages when idle, so that a killed one closes its sockets sooner"
        ]
    }
}
