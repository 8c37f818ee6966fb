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
        func doubt(
            _ doubt: Validity.Doubt, where isDoubtful: (FlowMeasurement) -> Bool,
            _ complete: (inout Validity.Reason, FlowMeasurement) -> Void = { _, _ in }
        ) {
            let doubtful = others.filter(isDoubtful)
            guard let first = doubtful.first else { return }
            reasons.append(
                .init(doubt) {
                    $0.flow = first.flow.name
                    $0.otherFlowCount = doubtful.count > 1 ? doubtful.count - 1 : nil
                    complete(&$0, first)
                })
        }
        doubt(.lossBefore) {
            $0.outage.lostBeforeCount > 0
        } _: {
            $0.count = $1.outage.lostBeforeCount
        }
        doubt(.lossAfter) {
            $0.outage.lostAfterCount > 0
        } _: {
            $0.count = $1.outage.lostAfterCount
        }
        doubt(.notConverged) {
            expectation == .moves && $0.isAffected && $0.flow.standby != nil && $0.convergence == nil
        } _: {
            $0.instance = $1.flow.standby
        }
        doubt(.moved) {
            $0.convergence != nil && (expectation == .stays || !$0.isAffected)
        } _: {
            $0.instance = $1.convergence?.instance
        }
        doubt(.activeSilent) { measured in
            !measured.servingPeriods.contains {
                $0.instance == measured.flow.active && $0.firstReplyAt < fault.before
            }
        } _: {
            $0.instance = $1.flow.active
        }
        doubt(.unknownResponder) {
            $0.counts.fromUnknown > 0
        } _: {
            $0.count = $1.counts.fromUnknown
        }
        doubt(.duplicates) {
            $0.counts.duplicates > 0
        } _: {
            $0.count = $1.counts.duplicates
        }
        doubt(.proberLate) {
            ($0.lateness?.maximum ?? .zero) > settings.limits.proberLateness
        } _: {
            $0.time = $1.lateness?.maximum
            $0.allowedTime = settings.limits.proberLateness
        }
        reasons += doubtsAboutPrefixes()
        doubt(.proberDied) { $0.isCutShort }
        return reasons
    }

    private func doubtsAboutPrefixes() -> [Validity.Reason] {
        guard let prefixes, expectation == .moves else { return [] }
        let missing = prefixes.count - prefixes.controlPlane.convergedCount
        if prefixes.controlPlane.overrunCount > 0 { return [.init(.eventsDropped)] }
        guard missing > 0 else { return [] }
        return [
            .init(.notConverged) {
                $0.count = missing
                $0.total = prefixes.count
            }
        ]
    }
}
