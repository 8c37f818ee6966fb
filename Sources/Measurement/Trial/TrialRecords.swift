// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Everything recorded of a trial; its figures are computed from this.
package struct TrialRecords: Sendable {
    /// The primary flow's probes.
    package var ledger: ProbeLedger
    /// Every flow, the primary one first; empty if there is no other.
    package var flows: [FlowRecords] = []
    /// What others saw of the primary flow; nil if it was not witnessed.
    package var witnesses: WitnessRecords?
    /// Nil unless more prefixes were announced for the run.
    package var prefixes: PrefixConvergence.Records?
    /// Nil if no application was measured.
    package var applications: ApplicationLedger?
    /// The stamps of every fault and every restore, with the events of the nodes.
    ///
    /// Events before the first fault say which sessions were up; an earlier fault must not be among them.
    package var events: [TraceEvent]
    package var steps: [PlayedStep] = []
    /// When the first fault was to come; nil if that was not drawn.
    package var phase: FaultPhase.Draw?
    /// When every fault was restored and everything was as before; nil if that was not observed.
    package var asBefore: Instant?
    /// When the fault was looked for before it was taken back, and was not in place any more; nil if it was.
    package var foundGoneAt: Instant?
    /// When the prober stopped listening, if that was before the forwarding delay threshold of its last probe.
    package var listenedUntil: Instant?
    /// The share of all CPUs that processes outside the lab took: 0...1.
    package var foreignCPUShare: Double?
    package var machine: MachineConditions?

    package init(ledger: ProbeLedger, events: [TraceEvent]) {
        self.ledger = ledger
        self.events = events
    }
}
