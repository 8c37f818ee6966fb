// SPDX-License-Identifier: MIT-0

extension Validity {
    /// A rule that a trial must keep for its figures to count.
    package enum Doubt: String, Hashable, Sendable, Codable, CaseIterable {
        // Loss where none may be.
        case lossBefore = "loss-before-fault"
        case lossAfter = "loss-after-convergence"
        /// The measurement ended before the sustained validation time had passed.
        case notValidated = "validation-cut-short"
        /// Loss that came back: one event causes one loss period (RFC 6412 section 3.6.5).
        case severalPeriods = "several-loss-periods"
        /// The loss-derived time lies outside the bracket by more than probe intervals explain.
        case outsideBracket = "outside-its-bracket"

        // Who answered.
        /// The standby never answered.
        case notConverged = "not-converged"
        /// The standby answered, which the fault must not cause.
        case moved = "traffic-moved"
        /// The active instance did not answer before the fault.
        case activeSilent = "active-silent"
        case standbyEarly = "standby-answered-before-fault"
        case unknownResponder = "unknown-responder"
        /// The active instance answered probes that were sent while the fault stopped its forwarding.
        case activeAnswered = "active-answered-after-fault"
        /// After the standby's first answer another instance answered, before the fault was taken back.
        case standbyLost = "standby-lost-traffic"
        /// A probe was answered more than once.
        case duplicates = "duplicate-replies"

        // What the route server and the tables did.
        /// A step came before one that causes it, by more than the observers' delays explain.
        case outOfOrder = "effect-before-cause"
        /// A route that matters was changed by a process other than the route server.
        case foreignRoute = "foreign-route-change"
        /// The active instance's session came back, or the fault was found gone, before it was taken back.
        case faultHealed = "fault-healed"
        /// A session was silent for longer than its peer had agreed to be, before the fault.
        case peerLate = "peer-late"
        /// A detection timer expired at another time than the last packet and the timers say.
        case detectionUnexplained = "detection-unexplained"

        // What measured it.
        case proberLate = "prober-late"
        case foreignCPU = "foreign-cpu"
        /// The hypervisor ran other guests on these CPUs.
        case steal
        /// A node was woken late for its timers.
        case timerLate = "timer-late"
        /// The kernel's clock is too coarse for what is measured.
        case coarseClock = "coarse-clock"
        /// The watcher missed route changes: too many came at once.
        case eventsDropped = "events-dropped"
        /// The prober ended without its closing record, so records may be missing.
        case proberDied = "prober-died"
        /// A second prober, or the stamps of packets in the router, show another outage.
        case witnessDisagrees = "witness-disagrees"
        /// The applications' client ended without its closing record.
        case applicationDied = "application-died"
        case applicationLate = "application-late"
        case applicationLossBefore = "application-loss-before-fault"
    }

    /// A rule that was broken, with the figures that show it; `Report` puts it into words.
    ///
    /// Which figures there are depends on the doubt.
    package struct Reason: Hashable, Sendable, Codable {
        package var doubt: Doubt
        /// The flow it is about; nil for the primary one.
        package var flow: String?
        /// How many other flows have the same doubt.
        package var otherFlowCount: Int?
        /// How many probes, replies, requests, loss periods, prefixes or route changes.
        package var count: Int?
        /// Out of how many.
        package var total: Int?
        /// The time that is doubtful: a lateness, a gap, a residual, or how long something was watched.
        package var time: Milliseconds?
        /// The limit of `time`, or what was asked for.
        package var allowedTime: Milliseconds?
        /// A share of the CPUs' time, and its limit: 0...1.
        package var share: Double?
        package var allowedShare: Double?
        /// When it happened first, from just before the fault.
        package var sinceFault: Milliseconds?
        package var instance: String?
        package var node: String?
        /// The thread of the node.
        package var thread: TraceEvent.Detail.Thread?
        package var session: TrialSubject.Session?
        package var fault: FaultName?
        package var step: Timeline.StepName?
        /// The step that should have come first.
        package var cause: Timeline.StepName?
        package var table: String?
        /// The TTLs of replies.
        package var timesToLive: [UInt8]?
        package var clockSource: String?
        package var application: ApplicationProtocol?
        package var witness: Witness.Kind?
        /// In what it disagrees.
        package var aspect: Witness.Aspect?

        package init(_ doubt: Doubt) { self.doubt = doubt }

        /// A doubt with figures: `Reason(.lossBefore) { $0.count = 2 }`.
        package init(_ doubt: Doubt, _ complete: (inout Reason) -> Void) {
            self.init(doubt)
            complete(&self)
        }

        private enum CodingKeys: String, CodingKey {
            case doubt, flow, count, total, share, instance, node, thread, session, fault, step, cause, table
            case otherFlowCount = "other_flows"
            case time = "time_ms"
            case allowedTime = "allowed_ms"
            case allowedShare = "allowed_share"
            case sinceFault = "since_fault_ms"
            case timesToLive = "ttls"
            case clockSource = "clock_source"
            case application, witness, aspect
        }
    }
}
