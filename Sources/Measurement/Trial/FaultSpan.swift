// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which part of a measurement is attributed to a trial's faults.
package struct FaultSpan: Hashable, Sendable {
    /// The first fault.
    package var fault: EventInstants
    /// The first and the last restore of a fault; nil if none was restored.
    package var firstRestore: EventInstants?
    package var restore: EventInstants?
    /// When everything was as before, after the last restore; nil if that was not observed.
    package var asBefore: Instant?
    /// Whether the span lasts until everything was as before, restores included.
    ///
    /// A fault that is restored once its effect was followed is charged until its restore; the loss after that is the
    /// fail-back's. If faults end at given instants, the end of one loss may be the start of another, so all loss until
    /// everything was as before is attributed to them.
    package var includesRestore: Bool

    /// By default, of one fault that is restored once its effect was followed.
    package init(
        fault: EventInstants, restore: EventInstants? = nil, asBefore: Instant? = nil, includesRestore: Bool = false
    ) {
        self.fault = fault
        firstRestore = restore
        self.restore = restore
        self.asBefore = asBefore
        self.includesRestore = includesRestore
    }

    /// Reads the stamps of a sequence's faults; nil if none was injected.
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

    /// From this instant on nothing is attributed to the faults; nil if there is no such instant.
    package var end: Instant? { includesRestore ? nil : restore?.before }

    /// The elements before the end.
    func own<Element>(_ elements: [Element], at instant: (Element) -> Instant) -> [Element] {
        guard let end else { return elements }
        return elements.filter { instant($0) < end }
    }
}

extension EventInstants {
    /// Begins at `start`, and ends with the first event of a kind from there on.
    fileprivate init(_ events: [TraceEvent], from start: Instant, to end: TraceEvent.Kind) {
        self.init(before: start, after: events.filter { $0.kind == end && $0.at >= start }.map(\.at).min())
    }
}
