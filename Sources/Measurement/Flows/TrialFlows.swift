// SPDX-License-Identifier: MIT-0
import WireFormat

extension Flow {
    /// The only flow of a trial that probes nothing else.
    init(primaryOf subject: TrialSubject, _ settings: TrialSettings) {
        let unknown = IPAddress.v4(.any)
        self.init(
            number: 0, node: subject.proberNode, destination: subject.prefix?.address ?? unknown,
            prefix: subject.prefix ?? IPPrefix(host: unknown), active: subject.active, standby: subject.standby,
            interval: settings.probing.interval)
    }
}

extension RouteConvergence {
    /// Of the floating IPs that the fault concerns, from the primary flow's node; nil for fewer than two.
    init?(ofFloatingAddresses flows: [FlowMeasurement]) {
        guard let node = flows.first?.flow.node else { return nil }
        let concerned = flows.filter {
            $0.flow.direction == .inward && $0.flow.role == .floatingAddress && $0.flow.node == node && $0.isAffected
        }
        guard concerned.count > 1 else { return nil }
        self.init(concerned)
    }
}

extension Trial {
    /// The doubts about the trial from flows other than the primary one.
    func doubtsAboutOtherFlows() -> [Validity.Reason] {
        let others = flows.dropFirst()
        var reasons: [Validity.Reason] = []
        func doubt(_ doubt: Validity.Doubt, _ text: String, where isDoubtful: (FlowMeasurement) -> Bool) {
            let doubtful = others.filter(isDoubtful)
            guard let first = doubtful.first else { return }
            let more = doubtful.count > 1 ? " and \(counted(doubtful.count - 1, "other flow"))" : ""
            reasons.append(.init(doubt, "\(first.flow.name)\(more): \(text)"))
        }
        doubt(.lossBefore, "probes were lost before the fault") { $0.outage.lostBeforeCount > 0 }
        doubt(.lossAfter, "probes were lost after the standby had answered") { $0.outage.lostAfterCount > 0 }
        doubt(.notConverged, "no standby ever answered after the fault") {
            expectation == .moves && $0.isAffected && $0.flow.standby != nil && $0.convergence == nil
        }
        doubt(.moved, "another instance answered after the fault, and none was to") {
            $0.convergence != nil && (expectation == .stays || !$0.isAffected)
        }
        doubt(.activeSilent, "the active instance answered no probe before the fault") { measured in
            !measured.servingPeriods.contains {
                $0.instance == measured.flow.active && $0.firstReplyAt < fault.before
            }
        }
        doubt(.unknownResponder, "replies had a TTL of no instance") { $0.counts.fromUnknown > 0 }
        doubt(.proberLate, "a probe left later than \(settings.limits.proberLateness.value) ms after it was due") {
            ($0.lateness?.maximum ?? .zero) > settings.limits.proberLateness
        }
        if let prefixes, expectation == .moves {
            let missing = prefixes.count - prefixes.controlPlane.convergedCount
            if prefixes.controlPlane.overrunCount > 0 {
                reasons.append(.init(.eventsDropped, "the kernel dropped route events: some prefixes have no stamp"))
            } else if missing > 0 {
                reasons.append(
                    .init(.notConverged, "\(counted(missing, "prefix", "prefixes")) of \(prefixes.count) did not move"))
            }
        }
        doubt(.proberDied, "the prober ended without its closing record") { $0.isCutShort }
        return reasons
    }
}
