// SPDX-License-Identifier: MIT-0
import WireFormat

extension Trial {
    /// What theory expects of the traffic, given the negotiated timers.
    ///
    /// Open for a sequence of faults: theory does not predict how they interact.
    package var expectation: Fault.Expectation {
        subject.planned?.expectation(timers: settings.timers) ?? .open
    }

    /// Whether loss is attributed to the faults until everything was as before, and must be zero only after that.
    private var includesRestore: Bool { !sequence.isTakenBackWhenFollowed }

    /// All reasons why this trial may be invalid.
    ///
    /// `probes` are the primary flow's.
    func doubts(records: TrialRecords, span: FaultSpan, probes: [Probe]) -> [Validity.Reason] {
        let contradictions = TrialContradictions(trial: self, records: records, span: span, probes: probes)
        return doubtsAboutLoss() + doubtsAboutMovement() + doubtsAboutResponders() + (contradictions?.doubts ?? [])
            + doubtsAboutProber() + doubtsAboutWitnesses() + doubtsAboutMachine() + doubtsAboutOtherFlows()
            + (applications?.doubts(settings.limits) ?? [])
    }

    private func doubtsAboutLoss() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        if outage.lostBeforeCount > 0 {
            reasons.append(
                .init(.lossBefore) {
                    $0.count = outage.lostBeforeCount
                    $0.fault = subject.fault
                })
        }
        if outage.lostAfterCount > 0 {
            reasons.append(
                .init(.lossAfter) {
                    $0.count = outage.lostAfterCount
                    $0.allowedTime = settings.probing.sustainedValidation
                    // Where nothing takes over before the restore, it is the restore that ends the loss.
                    $0.instance = includesRestore ? nil : subject.standby
                })
        }
        return reasons
    }

    private func doubtsAboutMovement() -> [Validity.Reason] {
        if expectation == .stays, convergence != nil, let fault = subject.fault {
            return [
                .init(.moved) {
                    $0.instance = subject.standby
                    $0.fault = fault
                }
            ]
        }
        if expectation == .moves, convergence == nil {
            return [.init(.notConverged) { $0.instance = subject.standby }]
        }
        let validation = settings.probing.sustainedValidation
        guard expectation == .moves || (includesRestore && asBefore != nil),
            (outage.validatedFor ?? .zero) + settings.probing.interval < validation
        else { return [] }
        return [
            .init(.notValidated) {
                $0.time = outage.validatedFor ?? .zero
                $0.allowedTime = validation
            }
        ]
    }

    private func doubtsAboutResponders() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let before = servingPeriods.filter { $0.firstReplyAt < fault.before }
        if !before.contains(where: { $0.instance == subject.active }) {
            reasons.append(.init(.activeSilent) { $0.instance = subject.active })
        }
        if before.contains(where: { $0.instance == subject.standby }) {
            reasons.append(.init(.standbyEarly) { $0.instance = subject.standby })
        }
        if counts.fromUnknown > 0 {
            reasons.append(
                .init(.unknownResponder) {
                    $0.count = counts.fromUnknown
                    $0.timesToLive = Set(servingPeriods.filter { $0.instance == nil }.map(\.timeToLive)).sorted()
                })
        }
        if counts.duplicates > 0 { reasons.append(.init(.duplicates) { $0.count = counts.duplicates }) }
        return reasons
    }

    private func doubtsAboutProber() -> [Validity.Reason] {
        guard prober != nil else { return [.init(.proberDied)] }
        let latest = max(lateness?.maximum ?? .zero, prober?.maximumLateness ?? .zero)
        guard latest > settings.limits.proberLateness else { return [] }
        return [
            .init(.proberLate) {
                $0.time = latest
                $0.allowedTime = settings.limits.proberLateness
            }
        ]
    }

    private func doubtsAboutMachine() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        func exceeds(_ doubt: Validity.Doubt, _ share: Double?, _ allowed: Double) {
            guard let share, share > allowed else { return }
            reasons.append(
                .init(doubt) {
                    $0.share = share
                    $0.allowedShare = allowed
                })
        }
        let limits = settings.limits
        exceeds(.foreignCPU, foreignCPUShare, limits.foreignCPUShare)
        guard let machine else { return reasons }
        exceeds(.steal, machine.stealShare, limits.stealShare)
        for (thread, nodes) in [(TraceEvent.Detail.Thread.bfd, machine.timerLateness), (.main, machine.loopLateness)] {
            for (node, lateness) in nodes.sorted(by: { $0.key < $1.key }) where lateness > limits.timerLateness {
                reasons.append(
                    .init(.timerLate) {
                        $0.node = node
                        $0.thread = thread
                        $0.time = lateness
                        $0.allowedTime = limits.timerLateness
                    })
            }
        }
        if machine.hasCoarseClock { reasons.append(.init(.coarseClock) { $0.clockSource = machine.clockSource }) }
        return reasons
    }
}

/// A share as a percentage with at most one decimal; a share that is not a number says so.
package func percentText(_ share: Double) -> String {
    let tenths = (share * 1_000).rounded()
    return tenths == (tenths / 10).rounded() * 10 && tenths.magnitude < 1e9
        ? "\(Int(tenths / 10)) %" : "\(tenths / 10) %"
}
