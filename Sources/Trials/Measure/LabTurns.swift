// SPDX-License-Identifier: MIT-0
package import LabHost
package import LabModel

/// The labs of a run, one at a time: one that already runs, or one that is built for its turn and removed after it.
///
/// Never two at once, so that an idle lab's timers do not disturb the measured one.
package final class LabTurns {
    /// Where the labs come from.
    package enum Source {
        /// A lab owned by the caller.
        case running(Lab)
        /// One lab for each set of options.
        case built([LabBlueprint], name: String, readyWithin: Duration)
    }

    private let source: Source
    private let interruption: Interruption
    private let onPhase: (Deployment.Phase) -> Void
    private var current: (index: Int, lab: MeasuredLab)?

    package init(
        _ source: Source, interruption: Interruption, onPhase: @escaping (Deployment.Phase) -> Void = { _ in }
    ) {
        self.source = source
        self.interruption = interruption
        self.onPhase = onPhase
    }

    /// The name of all of them.
    var labName: String {
        switch source {
        case .running(let lab): lab.name
        case .built(_, let name, _): name
        }
    }

    /// The options of a combination's lab.
    func options(_ index: Int) -> LabOptions {
        switch source {
        case .running(let lab): lab.state.options
        case .built(let blueprints, _, _): blueprints[index].options
        }
    }

    /// The lab with these options, ready for trials of `plan`.
    ///
    /// If it is not the present one, that one is removed and this one built.
    ///
    /// - Throws: `Interrupted`, `LabError`; no lab of this run is left then.
    func lab(_ index: Int, for plan: TrialPlan) throws -> MeasuredLab {
        if let current, current.index == index { return current.lab }
        try end()
        let lab: MeasuredLab
        switch source {
        case .running(let running):
            lab = try MeasuredLab(running, for: plan, interruption: interruption)
        case .built(let blueprints, let name, let limit):
            let deployment = try Deployment(
                blueprints[index], name: name, interruption: interruption, onPhase: onPhase)
            let built = try deployment.run(keep: false, readyWithin: limit)
            do {
                lab = try MeasuredLab(built, for: plan, interruption: interruption)
            } catch {
                // The first error is the one to report; releasing its lifeline ends the lab in any case.
                try? Lab.end(built)
                throw error
            }
        }
        current = (index, lab)
        return lab
    }

    /// Removes what was built, and restores what was not.
    func end() throws {
        guard let lab = current?.lab else { return }
        current = nil
        defer { lab.endResponders() }
        switch source {
        case .running: try lab.end()
        // Changes to it go with it, even if this fails, once its lifeline is released.
        case .built: try Lab.end(lab.lab)
        }
    }
}
