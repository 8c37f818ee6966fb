// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What was recorded of one flow.
package struct FlowRecords: Sendable {
    package var flow: Flow
    /// Its probes; outward: those of the instance that is active before the fault, and the replies that this one heard.
    package var ledger: ProbeLedger
    /// Outward: what the other instance sent and heard.
    package var standby: ProbeLedger?
    /// Outward: when replies came to an instance that had not sent the probe.
    package var heardByActive: [Instant] = []
    package var heardByStandby: [Instant] = []

    package init(flow: Flow, ledger: ProbeLedger) {
        self.flow = flow
        self.ledger = ledger
    }
}
