// SPDX-License-Identifier: MIT-0

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
    func doubts() -> [Validity.Reason] {
        doubtsAboutLoss() + doubtsAboutMovement() + doubtsAboutResponders() + doubtsAboutProber()
            + doubtsAboutMachine() + doubtsAboutRecords + doubtsAboutOtherFlows()
            + (applications?.doubts(settings.limits) ?? [])
    }

    private func doubtsAboutLoss() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        if outage.lostBeforeCount > 0 {
            let fault = isPredicted ? "the fault" : "the first fault"
            reasons.append(.init(.lossBefore, "\(counted(outage.lostBeforeCount, "probe")) lost before \(fault)"))
        }
        if outage.lostAfterCount > 0 {
            let lost = "\(counted(outage.lostAfterCount, "probe")) lost after"
            let when = includesRestore ? "everything was as before" : "the standby had answered"
            reasons.append(
                .init(
                    .lossAfter,
                    "\(lost) \(when), within the \(settings.probing.sustainedValidation.text) in which none may be"
                ))
        }
        return reasons
    }

    private func doubtsAboutMovement() -> [Validity.Reason] {
        if expectation == .stays, convergence != nil, let fault = subject.fault {
            return [
                .init(
                    .moved,
                    "'\(subject.standby)' answered after the fault, although \(fault.rawValue) should not move"
                        + " traffic: a false failover")
            ]
        }
        if expectation == .moves, convergence == nil {
            return [.init(.notConverged, "'\(subject.standby)' never answered after the fault")]
        }
        let validation = settings.probing.sustainedValidation
        guard expectation == .moves || (includesRestore && asBefore != nil),
            (outage.validatedFor ?? .zero) + settings.probing.interval < validation
        else { return [] }
        let seen = (outage.validatedFor ?? .zero).text
        return [.init(.notValidated, "recovery was watched for \(seen), and \(validation.text) were asked for")]
    }

    private func doubtsAboutResponders() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let before = servingPeriods.filter { $0.firstReplyAt < fault.before }
        if !before.contains(where: { $0.instance == subject.active }) {
            reasons.append(.init(.activeSilent, "'\(subject.active)' answered no probe before the fault"))
        }
        if before.contains(where: { $0.instance == subject.standby }) {
            reasons.append(.init(.standbyEarly, "'\(subject.standby)' answered probes before the fault"))
        }
        if counts.fromUnknown > 0 {
            let ttls = Set(servingPeriods.filter { $0.instance == nil }.map(\.timeToLive)).sorted()
            let list = ttls.map { "\($0)" }.joined(separator: ", ")
            reasons.append(
                .init(
                    .unknownResponder,
                    "\(counted(counts.fromUnknown, "reply", "replies")) with a TTL of no instance (\(list))"))
        }
        return reasons
    }

    private func doubtsAboutProber() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let limits = settings.limits
        let latest = max(lateness?.maximum ?? .zero, prober?.maximumLateness ?? .zero)
        if latest > limits.proberLateness {
            reasons.append(
                .init(
                    .proberLate,
                    "a probe left \(latest.fineText) late, and \(limits.proberLateness.text) are allowed"))
        }
        return reasons
    }

    private var doubtsAboutRecords: [Validity.Reason] {
        prober == nil ? [.init(.proberDied, "the prober ended without its closing record")] : []
    }

    private func doubtsAboutMachine() -> [Validity.Reason] {
        var reasons: [Validity.Reason] = []
        let limits = settings.limits
        if let share = foreignCPUShare, share > limits.foreignCPUShare {
            reasons.append(
                .init(
                    .foreignCPU,
                    "other processes took \(percentText(share)) of the CPUs, and \(percentText(limits.foreignCPUShare))"
                        + " is allowed"))
        }
        guard let machine else { return reasons }
        if let share = machine.stealShare, share > limits.stealShare {
            reasons.append(
                .init(
                    .steal,
                    "the hypervisor gave \(percentText(share)) of the CPUs' time to other machines, and"
                        + " \(percentText(limits.stealShare)) is allowed"))
        }
        for (node, lateness) in machine.timerLateness.sorted(by: { $0.key < $1.key })
        where lateness > limits.timerLateness {
            reasons.append(
                .init(
                    .timerLate,
                    "a BFD timer of \(node) was served \(lateness.fineText) late, and \(limits.timerLateness.text) are"
                        + " allowed"))
        }
        for (node, lateness) in machine.loopLateness.sorted(by: { $0.key < $1.key })
        where lateness > limits.timerLateness {
            reasons.append(
                .init(
                    .timerLate,
                    "\(node) was woken \(lateness.fineText) late for a timer, and \(limits.timerLateness.text) are"
                        + " allowed"))
        }
        if machine.hasCoarseClock, let source = machine.clockSource {
            reasons.append(.init(.coarseClock, "the kernel reads the time from \(source), which is too coarse"))
        }
        return reasons
    }
}

/// A share as a percentage with at most one decimal; a share that is not a number says so.
package func percentText(_ share: Double) -> String {
    let tenths = (share * 1_000).rounded()
    return tenths == (tenths / 10).rounded() * 10 && tenths.magnitude < 1e9
        ? "\(Int(tenths / 10)) %" : "\(tenths / 10) %"
}
