// SPDX-License-Identifier: MIT-0
import Causes
package import WireFormat

extension Timeline {
    /// Assembles the steps from the events while the fault was in place.
    ///
    /// `events` may be in any order and include other trials' events; those before the fault and from `until` on do not
    /// count as its effects. `served` is the kernel's receive stamp of the standby's first reply.
    package init(
        events: [TraceEvent], subject: TrialSubject, fault: EventInstants, until: Instant?, served: Instant?
    ) {
        var assembly = TimelineAssembly(
            events: events, subject: subject, event: fault, until: until, nextHops: subject.standbyNextHops)
        assembly.addFault()
        assembly.addDetection()
        assembly.addRoute()
        assembly.add(.served, at: served, stampedBy: "kernel at \(subject.proberNode)", cause: nil, parts: [])
        self.init(steps: assembly.steps, anomalies: assembly.anomalies)
    }

    /// Assembles the steps of a fail-back from the events since the restore.
    ///
    /// Sessions that never went down have no step, nor do routes that never moved. `servedAgain` is the kernel's
    /// receive stamp of the active instance's first reply after the restore.
    package init(events: [TraceEvent], subject: TrialSubject, restore: EventInstants, servedAgain: Instant?) {
        var assembly = TimelineAssembly(
            events: events, subject: subject, event: restore, until: nil, nextHops: subject.activeNextHops)
        assembly.isFailBack = true
        assembly.addRestore()
        assembly.addSessionsUp()
        if assembly.hadMoved { assembly.addRoute() }
        assembly.add(.served, at: servedAgain, stampedBy: "kernel at \(subject.proberNode)", cause: nil, parts: [])
        self.init(steps: assembly.steps, anomalies: assembly.anomalies)
    }
}

/// A timeline under construction.
private struct TimelineAssembly {
    let subject: TrialSubject
    /// The fault, or the restore.
    let event: EventInstants
    var isFailBack = false
    /// The events from then on, by stamp; equal stamps in the order given.
    let effects: [TraceEvent]
    let earlier: [TraceEvent]
    /// The next hops that identify the instance that should serve.
    let nextHops: [IPAddress]
    var steps: [Timeline.Step] = []
    var anomalies: [Timeline.Anomaly] = []

    /// Three observers see a route take effect (the writer gets its acknowledgement, the watcher wakes, a probe
    /// passes), each some scheduling delay after the kernel: within this time their order means nothing.
    static let observerTolerance = Milliseconds(2)

    init(
        events: [TraceEvent], subject: TrialSubject, event: EventInstants, until: Instant?, nextHops: [IPAddress]
    ) {
        self.subject = subject
        self.event = event
        self.nextHops = nextHops
        let ordered = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        earlier = ordered.filter { $0.at < event.before }
        effects = ordered.filter { some in some.at >= event.before && until.map { some.at < $0 } ?? true }
    }

    /// From just before the event.
    private func since(_ instant: Instant) -> Milliseconds { Milliseconds(from: event.before, to: instant) }

    func part(_ event: TraceEvent, name: String) -> Timeline.Part {
        part(at: event.at, name: name, stampedBy: event.node, cause: event.cause)
    }

    private func part(at instant: Instant, name: String, stampedBy: String, cause: Cause?) -> Timeline.Part {
        Timeline.Part(
            at: instant, sinceFault: isFailBack ? nil : since(instant), sinceRestore: isFailBack ? since(instant) : nil,
            name: name, stampedBy: stampedBy, cause: cause)
    }

    mutating func add(
        _ name: Timeline.StepName, at instant: Instant?, stampedBy: String?, cause: Timeline.StepCause?,
        parts: [Timeline.Part],
        isPartial: Bool = false
    ) {
        let previous = steps.last { !$0.isMissing }
        var step = Timeline.Step(
            name: name, at: instant, sinceFault: isFailBack ? nil : instant.map(since),
            sinceRestore: isFailBack ? instant.map(since) : nil,
            sincePrevious: instant.flatMap { instant in
                previous?.at.map { Milliseconds(from: $0, to: instant) }
            }, stampedBy: instant == nil ? nil : stampedBy, cause: cause, parts: parts, isPartial: isPartial)
        if let instant {
            step.remark = checkOrder(of: name, at: instant)
        }
        steps.append(step)
    }

    /// Compares with every step above; a contradiction is an anomaly unless the observers' delays explain it.
    private mutating func checkOrder(of name: Timeline.StepName, at instant: Instant) -> Timeline.Remark? {
        var remark: Timeline.Remark?
        for step in steps {
            guard let above = step.at, instant < above else { continue }
            // An instance that never lost the traffic continues to serve, whenever its sessions come back.
            if isFailBack, step.name == .sessionUp, !hadMoved { continue }
            let by = Milliseconds(from: instant, to: above)
            if step.name == .tableWritten, by <= Self.observerTolerance {
                remark = .acknowledgementReadLater
            } else if step.name == .tableChanged, by <= Self.observerTolerance {
                remark = .watcherWokeLater
            } else {
                anomalies.append(.outOfOrder(name, before: step.name, by: by))
            }
        }
        return remark
    }

    mutating func addFault() {
        let end = event.after
        var parts = effects.filter { some in some.kind == .faultStep && end.map { some.at <= $0 } ?? true }
            .map { part($0, name: $0.stepName) }
        if let end { parts.append(part(at: end, name: "in place", stampedBy: orchestrator, cause: nil)) }
        add(
            .faultInjected, at: event.before, stampedBy: orchestrator, cause: subject.fault.map { .fault($0) },
            parts: parts)
    }

    mutating func addRestore() {
        let parts = event.after.map { [part(at: $0, name: "taken back", stampedBy: orchestrator, cause: nil)] }
        add(
            .restored, at: event.before, stampedBy: orchestrator, cause: .takenBack(subject.fault),
            parts: parts ?? [])
    }

    private var orchestrator: String {
        effects.first { $0.kind == (isFailBack ? .restoring : .faultInjecting) }?.node ?? "rslab"
    }

    private func isAboutSession(_ event: TraceEvent, _ session: TrialSubject.Session) -> Bool {
        event.node == subject.routeServerNode && event.endpoint == session.endpoint && event.peer == session.peer
    }

    /// The last word on a session before the event; nil if there was none.
    private func lastWord(on session: TrialSubject.Session) -> TraceEvent.Kind? {
        earlier.last {
            isAboutSession($0, session) && ($0.kind == .sessionDown || $0.kind == .sessionEstablished)
        }?.kind
    }

    mutating func addDetection() {
        guard subject.planned?.role != .active || subject.fault?.signal != .update else { return addUpdate() }
        var downs: [Timeline.Part] = []
        for session in subject.sessions {
            let name = "\(session.endpoint) - \(session.peer)"
            let wasDown = lastWord(on: session) == .sessionDown
            if wasDown {
                anomalies.append(.downBefore(session))
            }
            // Attempts to connect again fail later, and are reported as session-down too: the first counts.
            if let down = effects.first(where: { $0.kind == .sessionDown && isAboutSession($0, session) }) {
                downs.append(part(down, name: name))
            } else if !wasDown, subject.planned?.endsEverySession == true {
                anomalies.append(.notSeenDown(session))
            }
        }
        downs.sort { $0.at < $1.at }
        let last = downs.last
        add(
            .detected, at: last?.at, stampedBy: last?.stampedBy, cause: last?.cause.map(Timeline.StepCause.event),
            parts: downs,
            isPartial: downs.count < subject.sessions.count)
    }

    /// The route server learns of it from the UPDATE itself; it works on that in the same wake-up.
    private mutating func addUpdate() {
        let change = bestPathChange
        let cause: Timeline.StepCause? = if case .route(let cause) = change?.cause { .update(cause) } else { nil }
        add(.detected, at: change?.at, stampedBy: change?.node, cause: cause, parts: [])
    }

    /// The first session that is back brings the path, so it makes the step.
    mutating func addSessionsUp() {
        let down = subject.sessions.filter { lastWord(on: $0) == .sessionDown }
        guard !down.isEmpty else { return }
        let ups = down.compactMap { session in
            effects.first { $0.kind == .sessionEstablished && isAboutSession($0, session) }
                .map { part($0, name: "\(session.endpoint) - \(session.peer)") }
        }
        .sorted { $0.at < $1.at }
        add(
            .sessionUp, at: ups.first?.at, stampedBy: ups.first?.stampedBy,
            cause: ups.first?.cause.map(Timeline.StepCause.event), parts: ups,
            isPartial: ups.count < down.count)
    }

    private func isAbout(_ nextHops: [IPAddress], _ event: TraceEvent) -> Bool {
        guard let nextHop = event.nextHop, nextHops.contains(nextHop) else { return false }
        return subject.prefix == nil || event.prefix == nil || event.prefix == subject.prefix
    }

    /// Whether the best path was the standby's before the restore.
    var hadMoved: Bool {
        let last = earlier.last {
            $0.kind == .bestPathChanged && $0.node == subject.routeServerNode
                && isAbout(subject.standbyNextHops + subject.activeNextHops, $0)
        }
        return last.map { isAbout(subject.standbyNextHops, $0) } ?? false
    }

    private var bestPathChange: TraceEvent? {
        effects.first {
            $0.kind == .bestPathChanged && $0.node == subject.routeServerNode && isAbout(nextHops, $0)
        }
    }

    /// Best path, table written, table changed.
    mutating func addRoute() {
        let change = bestPathChange
        let cause = change.flatMap { event in
            event.cause.map(Timeline.StepCause.event) ?? event.nextHop.map { .path(event.prefix, nextHop: $0) }
        }
        add(.bestPath, at: change?.at, stampedBy: change?.node, cause: cause, parts: [])
        addTables(.tableWritten, kind: .tableWritten, stampedBy: subject.routeServerNode)
        addTables(.tableChanged, kind: .tableChanged, stampedBy: nil)
    }

    /// A probe uses one route and its reply another: the later of the two decides.
    private mutating func addTables(
        _ name: Timeline.StepName, kind: TraceEvent.Kind, stampedBy node: String?, and back: TrialSubject.ReturnRoute
    ) {
        let routes = [(subject.prefix, subject.table), (back.prefix, back.table)]
        let parts = routes.compactMap { prefix, table -> Timeline.Part? in
            let event = effects.first { some in
                some.kind == kind && some.prefix == prefix && some.table == table
                    && node.map { some.node == $0 } ?? true
                    && some.nextHop.map { nextHops.contains($0) } ?? false
            }
            guard let event, let prefix, let table else { return nil }
            return part(event, name: "\(table), \(prefix)")
        }.sorted { $0.at < $1.at }
        let last = parts.last
        add(
            name, at: last?.at, stampedBy: last?.stampedBy, cause: last.map { .table($0.name) }, parts: parts,
            isPartial: parts.count < routes.count)
    }

    /// The table that the probes use, or the last of all tables if that is not known.
    private mutating func addTables(_ name: Timeline.StepName, kind: TraceEvent.Kind, stampedBy node: String?) {
        if let back = subject.returnRoute { return addTables(name, kind: kind, stampedBy: node, and: back) }
        var parts: [Timeline.Part] = []
        for event in effects where event.kind == kind && isAbout(nextHops, event) {
            guard node == nil || event.node == node else { continue }
            let table = event.table ?? "?"
            if !parts.contains(where: { $0.name == table }) {
                parts.append(part(event, name: table))
            }
        }
        let decisive = subject.table.map { table in parts.first { $0.name == table } } ?? parts.last
        if decisive == nil, !parts.isEmpty, let table = subject.table {
            anomalies.append(.otherTables(name, table: table))
        }
        add(
            name, at: decisive?.at, stampedBy: decisive?.stampedBy,
            cause: decisive.map { .table($0.name) }, parts: parts)
    }
}

extension TraceEvent {
    /// What a step of a fault is called in lists.
    fileprivate var stepName: String {
        if case .message(let text) = detail { text } else { "step" }
    }
}
