// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What was recorded of one flow.
package struct FlowRecords: Sendable {
    package var flow: Flow
    /// Its probes; outward: those of the instance that is active before the fault, and the replies that it received.
    package var ledger: ProbeLedger
    /// Outward: what the other instance sent and received.
    package var standby: ProbeLedger?
    /// Outward: replies to the standby's probes that the active instance received, and the reverse.
    package var heardByActive: [HeardReply] = []
    package var heardByStandby: [HeardReply] = []

    /// A reply that another instance than the probe's sender received.
    package struct HeardReply: Hashable, Sendable {
        package var sequence: UInt64
        package var at: Instant

        package init(sequence: UInt64, at instant: Instant) {
            self.sequence = sequence
            at = instant
        }
    }

    package init(flow: Flow, ledger: ProbeLedger) {
        self.flow = flow
        self.ledger = ledger
    }
}
