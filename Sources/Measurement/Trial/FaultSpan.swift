// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which part of a measurement is put down to a trial's faults.
package struct FaultSpan: Hashable, Sendable {
    /// The first fault.
    package var fault: EventInstants
    /// The first and the last time that a fault was taken back; nil where none was.
    package var firstRestore: EventInstants?
    package var restore: EventInstants?
    /// When, after the last of them, all was as before; nil where that was not seen.
    package var asBefore: Instant?
    /// Whether the taking back is part of it.
    ///
    /// A fault that is taken back once its effect was followed costs what it costs until then; what the taking back costs is
    /// the fail-back's. Where faults end at instants of their own, what ends one loss may be another's beginning, so everything
    /// until all was as before is theirs.
    package var includesRestore: Bool

    /// One fault that is taken back once its effect was followed, unless told otherwise.
    package init(
        fault: EventInstants, restore: EventInstants? = nil, asBefore: Instant? = nil, includesRestore: Bool = false
    ) {
        self.fault = fault
        firstRestore = restore
        self.restore = restore
        self.asBefore = asBefore
        self.includesRestore = includesRestore
    }

    /// Reads the stamps of a sequence's faults; nil unless one was injected.
    package init?(_ events: [TraceEvent], of sequence: FaultSequence, asBefore: Instant? = nil) {
        let injecting = events.filter { $0.kind == .faultInjecting }.map(\.at)
        guard let start = injecting.min() else { return nil }
        fault = EventInstants(events, from: start, to: .faultInjected)
        let restores = events.filter { $0.kind == .restoring && $0.at > start }.map(\.at)
        func taking(_ instant: Instant?) -> EventInstants? {
            instant.map { EventInstants(events, from: $0, to: .restored) }
        }
        firstRestore = taking(restores.min())
        restore = taking(restores.max())
        self.asBefore = asBefore
        includesRestore = !sequence.isTakenBackWhenFollowed
    }

    /// From when on nothing is put down to the faults any more; nil for never.
    package var end: Instant? { includesRestore ? nil : restore?.before }

    /// Those of some events or probes that came before the end.
    func own<Element>(_ elements: [Element], at instant: (Element) -> Instant) -> [Element] {
        guard let end else { return elements }
        return elements.filter { instant($0) < end }
    }
}

extension EventInstants {
    /// What begins at `start`, and ends with the first event of a kind from there on.
    fileprivate init(_ events: [TraceEvent], from start: Instant, to end: TraceEvent.Kind) {
        self.init(before: start, after: events.filter { $0.kind == end && $0.at >= start }.map(\.at).min())
    }
}
