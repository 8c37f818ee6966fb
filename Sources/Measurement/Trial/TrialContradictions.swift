// SPDX-License-Identifier: MIT-0
import WireFormat

/// What cannot be if a trial measured the fault that it says it measured.
///
/// Each rule compares two independent observers: the orchestrator's stamps, the route server's, the watcher's and the
/// replies. Only a trial of one fault is judged, since theory does not say what several do to each other.
struct TrialContradictions {
    private let trial: Trial
    private let records: TrialRecords
    private let span: FaultSpan
    private let probes: [Probe]
    private let planned: Fault

    /// The events while the fault was in place.
    private let effects: [TraceEvent]

    /// Nil for several faults.
    init?(trial: Trial, records: TrialRecords, span: FaultSpan, probes: [Probe]) {
        guard let planned = trial.subject.planned else { return nil }
        self.trial = trial
        self.records = records
        self.span = span
        self.probes = probes
        self.planned = planned
        let end = span.firstRestore?.before
        effects = records.events.filter { some in
            some.at >= span.fault.before && end.map { some.at < $0 } ?? true
        }
    }

    var doubts: [Validity.Reason] {
        severalPeriods + outsideBracket + activeAnswered + standbyLost + outOfOrder + foreignRoutes + healed
            + latePeers + unexplainedDetections
    }

    // MARK: Loss

    /// One event causes one loss period (RFC 6412 section 3.6.5), unless the fault itself comes and goes.
    private var severalPeriods: [Validity.Reason] {
        guard let several = trial.outage.several, losesAtOnce, !span.includesRestore else { return [] }
        return [
            .init(.severalPeriods) {
                $0.count = several.count
                $0.time = several.total.estimate ?? several.total.lower
            }
        ]
    }

    /// Whether the fault's loss is in one piece.
    private var losesAtOnce: Bool {
        switch planned.description.answering {
        case .yes, .no, .briefly: !planned.description.isRepeated && planned.description.movement != .chance
        case .mostly, .atTimes, .late: false
        }
    }

    /// If nothing is answered from the fault to the standby's first answer, that time is in the outage's bracket.
    private var outsideBracket: [Validity.Reason] {
        guard stopsAnswers, planned.expectation(timers: trial.settings.timers) == .moves, !span.includesRestore,
            let time = trial.convergence?.time, let upper = trial.outage.upper, trial.outage.lostCount > 0
        else { return [] }
        // The probe before the fault may have left one interval earlier, and its successor's reply takes its time.
        let allowed = trial.settings.probing.interval + roundTripMaximum + (span.fault.uncertainty ?? .zero)
        let outside = max(trial.outage.lower - time, time - upper)
        guard outside > allowed else { return [] }
        return [
            .init(.outsideBracket) {
                $0.time = time
                $0.allowedTime = time > upper ? upper : trial.outage.lower
            }
        ]
    }

    private var roundTripMaximum: Milliseconds {
        // No less than the scheduling of one answer.
        max(Milliseconds(1), nearestRank(0.99, of: probes.compactMap(\.roundTrip).sorted()) ?? .zero)
    }

    // MARK: Answers

    /// Whether no probe can be answered by the active instance while the fault is in place.
    private var stopsAnswers: Bool { planned.stopsForwarding && planned.description.answering == .no }

    private func answers(of instances: (String?) -> Bool, sentFrom start: Instant) -> [Probe] {
        let end = span.firstRestore?.before
        return probes.filter { probe in
            guard case .answered(_, let timeToLive) = probe.fate, probe.sentAt >= start,
                end.map({ probe.sentAt < $0 }) ?? true
            else { return false }
            return instances(records.ledger.instances[timeToLive])
        }
    }

    private var activeAnswered: [Validity.Reason] {
        guard stopsAnswers, let inPlace = span.fault.after else { return [] }
        let answers = answers(of: { $0 == trial.subject.active }, sentFrom: inPlace)
        return doubt(.activeAnswered, trial.subject.active, answers)
    }

    /// The instance that serves is checked, not only the loss: a wrong instance loses nothing either.
    private var standbyLost: [Validity.Reason] {
        guard let convergence = trial.convergence, planned.endsWithConvergence,
            planned.expectation(timers: trial.settings.timers) == .moves
        else { return [] }
        let answers = answers(
            of: { $0 != nil && $0 != trial.subject.standby }, sentFrom: convergence.repliedAt)
        return doubt(.standbyLost, trial.subject.standby, answers)
    }

    private func doubt(_ doubt: Validity.Doubt, _ instance: String, _ answers: [Probe]) -> [Validity.Reason] {
        guard let first = answers.first else { return [] }
        return [
            .init(doubt) {
                $0.instance = instance
                $0.count = answers.count
                $0.sinceFault = Milliseconds(from: span.fault.before, to: first.sentAt)
            }
        ]
    }

    // MARK: Route server and tables

    /// A step that came before several others is named with the one that it contradicts most.
    private var outOfOrder: [Validity.Reason] {
        var worst: [Timeline.StepName: (cause: Timeline.StepName, time: Milliseconds)] = [:]
        for case .outOfOrder(let step, let cause, let time) in trial.timeline.anomalies
        where worst[step].map({ $0.time < time }) ?? true {
            worst[step] = (cause, time)
        }
        return worst.sorted { $0.key.rawValue < $1.key.rawValue }.map { step, contradiction in
            let (cause, time) = contradiction
            return .init(.outOfOrder) {
                $0.step = step
                $0.cause = cause
                $0.time = time
            }
        }
    }

    /// The notification of a change carries the netlink port of its writer, which the route servers' own events name.
    private var foreignRoutes: [Validity.Reason] {
        let writers = Set(records.events.filter { $0.kind == .tableWritten }.compactMap(\.writer))
        let routes =
            [(trial.subject.prefix, trial.subject.table)]
            + (trial.subject.returnRoute.map { [(Optional($0.prefix), Optional($0.table))] } ?? [])
        let foreign = effects.filter { event in
            guard event.kind == .tableChanged, let writer = event.writer, writer != 0 else { return false }
            return !writers.contains(writer)
                && routes.contains { prefix, table in
                    (prefix == nil || event.prefix == prefix) && (table == nil || event.table == table)
                }
        }
        .sorted { $0.at < $1.at }
        guard let first = foreign.first else { return [] }
        return [
            .init(.foreignRoute) {
                $0.count = foreign.count
                $0.table = first.table
                $0.sinceFault = Milliseconds(from: span.fault.before, to: first.at)
            }
        ]
    }

    /// A session that a fault keeps down does not come back while it is in place.
    private var healed: [Validity.Reason] {
        if let instant = records.foundGoneAt {
            return [.init(.faultHealed) { $0.sinceFault = Milliseconds(from: span.fault.before, to: instant) }]
        }
        guard planned.endsEverySession, !planned.description.isRepeated else { return [] }
        let back = effects.filter { event in
            event.kind == .sessionEstablished && event.node == trial.subject.routeServerNode
                && trial.subject.sessions.contains { $0.endpoint == event.endpoint && $0.peer == event.peer }
        }
        .min { $0.at < $1.at }
        guard let back, let endpoint = back.endpoint, let peer = back.peer else { return [] }
        return [
            .init(.faultHealed) {
                $0.session = .init(endpoint: endpoint, peer: peer)
                $0.sinceFault = Milliseconds(from: span.fault.before, to: back.at)
            }
        ]
    }

    // MARK: Detectors

    /// How late a message or a timer may be without changing what was measured.
    private func tolerance(_ interval: Milliseconds) -> Milliseconds {
        min(trial.settings.limits.timerLateness, Milliseconds(interval.value / 4))
    }

    private var latePeers: [Validity.Reason] {
        trial.evidence.compactMap { evidence in
            guard let agreed = evidence.agreedGap, let gap = evidence.longestGap, gap > agreed + tolerance(agreed)
            else { return nil }
            return .init(.peerLate) {
                $0.session = evidence.session
                $0.time = gap
                $0.allowedTime = agreed
            }
        }
    }

    private var unexplainedDetections: [Validity.Reason] {
        trial.evidence.compactMap { evidence in
            guard let residual = evidence.residual, let timer = evidence.heard.timer,
                max(residual, .zero - residual) > tolerance(timer)
            else { return nil }
            return .init(.detectionUnexplained) {
                $0.session = evidence.session
                $0.time = evidence.detected
                $0.allowedTime = evidence.predicted
            }
        }
    }
}
