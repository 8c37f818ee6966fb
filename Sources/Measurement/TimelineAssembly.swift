// SPDX-License-Identifier: MIT-0
package import WireFormat

extension Timeline {
    /// Puts the steps together from what was stamped while the fault was in place.
    ///
    /// `events` may come in any order and hold more than this trial; those before the fault and from `until` on are not
    /// taken for its effects. `served` is the kernel's receive stamp of the standby's first reply.
    package init(
        events: [TraceEvent], subject: TrialSubject, fault: EventInstants, until: Instant?, served: Instant?
    ) {
        var assembly = TimelineAssembly(events: events, subject: subject, fault: fault, until: until)
        assembly.addFault()
        assembly.addDetection()
        assembly.addBestPath()
        assembly.addTables(.tableWritten, kind: .tableWritten, stampedBy: subject.routeServerNode)
        assembly.addTables(.tableChanged, kind: .tableChanged, stampedBy: nil)
        assembly.add(.served, at: served, stampedBy: "kernel at \(subject.proberNode)", cause: nil, parts: [])
        self.init(steps: assembly.steps, anomalies: assembly.anomalies)
    }
}

/// A timeline on the way to being one.
private struct TimelineAssembly {
    let subject: TrialSubject
    let fault: EventInstants
    /// What happened from the fault on, by stamp; equal stamps in the order given.
    let effects: [TraceEvent]
    let earlier: [TraceEvent]
    var steps: [Timeline.Step] = []
    var anomalies: [String] = []

    /// Three observers see a route take effect (the writer gets its acknowledgement, the watcher wakes, a probe passes), each
    /// a scheduling delay after the kernel did it: within this much their order means nothing.
    static let observerTolerance = Milliseconds(2)

    init(events: [TraceEvent], subject: TrialSubject, fault: EventInstants, until: Instant?) {
        self.subject = subject
        self.fault = fault
        let ordered = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        earlier = ordered.filter { $0.at < fault.before }
        effects = ordered.filter { event in event.at >= fault.before && until.map { event.at < $0 } ?? true }
    }

    func part(_ event: TraceEvent, name: String) -> Timeline.Part {
        Timeline.Part(
            at: event.at, sinceFault: Milliseconds(from: fault.before, to: event.at), name: name,
            stampedBy: event.node, cause: event.cause)
    }

    mutating func add(
        _ name: Timeline.StepName, at instant: Instant?, stampedBy: String?, cause: String?, parts: [Timeline.Part],
        isPartial: Bool = false
    ) {
        let previous = steps.last { !$0.isMissing }
        var step = Timeline.Step(
            name: name, at: instant, sinceFault: instant.map { Milliseconds(from: fault.before, to: $0) },
            sincePrevious: instant.flatMap { instant in
                previous?.at.map { Milliseconds(from: $0, to: instant) }
            }, stampedBy: instant == nil ? nil : stampedBy, cause: cause, parts: parts, isPartial: isPartial)
        if let instant {
            step.remark = checkOrder(of: name, at: instant)
        }
        steps.append(step)
    }

    /// Compares with every step above; a contradiction is an anomaly unless the observers explain it.
    private mutating func checkOrder(of name: Timeline.StepName, at instant: Instant) -> String? {
        var remark: String?
        for step in steps {
            guard let above = step.at, instant < above else { continue }
            let by = Milliseconds(from: instant, to: above)
            if step.name == .tableWritten, by <= Self.observerTolerance {
                remark = "the writer read its acknowledgement later"
            } else if step.name == .tableChanged, by <= Self.observerTolerance {
                remark = "the watcher woke later"
            } else {
                anomalies.append("'\(name.rawValue)' is stamped \(by.value) ms before '\(step.name.rawValue)'")
            }
        }
        return remark
    }

    mutating func addFault() {
        let end = fault.after
        var parts = effects.filter { event in event.kind == .faultStep && end.map { event.at <= $0 } ?? true }
            .map { part($0, name: $0.detail ?? "step") }
        if let after = fault.after {
            parts.append(
                Timeline.Part(
                    at: after, sinceFault: Milliseconds(from: fault.before, to: after), name: "in place",
                    stampedBy: orchestrator, cause: nil))
        }
        add(.faultInjected, at: fault.before, stampedBy: orchestrator, cause: subject.fault.rawValue, parts: parts)
    }

    private var orchestrator: String {
        effects.first { $0.kind == .faultInjecting }?.node ?? "rslab"
    }

    private func isAboutSession(_ event: TraceEvent, _ session: TrialSubject.Session) -> Bool {
        event.node == subject.routeServerNode && event.endpoint == session.endpoint && event.peer == session.peer
    }

    mutating func addDetection() {
        guard subject.fault.signal != .update else { return addUpdate() }
        var downs: [Timeline.Part] = []
        for session in subject.sessions {
            let name = "\(session.endpoint) - \(session.peer)"
            let before = earlier.last {
                isAboutSession($0, session) && ($0.kind == .sessionDown || $0.kind == .sessionEstablished)
            }
            if before?.kind == .sessionDown {
                anomalies.append("session \(name) was down before the fault")
            }
            // Attempts to connect again fail later, and are reported as session-down too: the first counts.
            if let down = effects.first(where: { $0.kind == .sessionDown && isAboutSession($0, session) }) {
                downs.append(part(down, name: name))
            } else if before?.kind != .sessionDown, subject.fault.endsEverySession {
                anomalies.append("session \(name) was not seen to go down")
            }
        }
        downs.sort { $0.at < $1.at }
        let last = downs.last
        add(
            .detected, at: last?.at, stampedBy: last?.stampedBy, cause: last?.cause, parts: downs,
            isPartial: downs.count < subject.sessions.count)
    }

    /// The route server learns of it from the UPDATE itself; it works on that in the same wake-up.
    private mutating func addUpdate() {
        let change = effects.first {
            $0.kind == .bestPathChanged && $0.node == subject.routeServerNode && isAboutStandby($0)
        }
        add(.detected, at: change?.at, stampedBy: change?.node, cause: change?.cause.map { "UPDATE: \($0)" }, parts: [])
    }

    private func isAboutStandby(_ event: TraceEvent) -> Bool {
        guard let nextHop = event.nextHop, subject.standbyNextHops.contains(nextHop) else { return false }
        return subject.prefix == nil || event.prefix == nil || event.prefix == subject.prefix
    }

    mutating func addBestPath() {
        let change = effects.first {
            $0.kind == .bestPathChanged && $0.node == subject.routeServerNode && isAboutStandby($0)
        }
        let cause = change.flatMap { event in
            event.cause ?? event.nextHop.map { "\(event.prefix.map { "\($0) " } ?? "")via \($0)" }
        }
        add(.bestPath, at: change?.at, stampedBy: change?.node, cause: cause, parts: [])
    }

    /// The table that the probes go by, or the last of all tables if it is not known which that is.
    mutating func addTables(_ name: Timeline.StepName, kind: TraceEvent.Kind, stampedBy node: String?) {
        var parts: [Timeline.Part] = []
        for event in effects where event.kind == kind && isAboutStandby(event) {
            guard node == nil || event.node == node else { continue }
            let table = event.table ?? "?"
            if !parts.contains(where: { $0.name == table }) {
                parts.append(part(event, name: table))
            }
        }
        let decisive = subject.table.map { table in parts.first { $0.name == table } } ?? parts.last
        if decisive == nil, !parts.isEmpty, let table = subject.table {
            anomalies.append("'\(name.rawValue)' was seen for other tables, not for '\(table)'")
        }
        add(
            name, at: decisive?.at, stampedBy: decisive?.stampedBy,
            cause: decisive.map { "table \($0.name)\($0.cause.map { ": \($0)" } ?? "")" }, parts: parts)
    }
}
