// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What others than the prober recorded of the primary flow.
package struct WitnessRecords: Sendable {
    /// A second prober on the same host, with its own probes.
    package var prober: ProbeLedger
    package var proberListenedUntil: Instant?
    /// The prober's own probes and their replies as they passed the router; nil if no link of the router leads to the host.
    package var packets: ProbeLedger?

    package init(prober: ProbeLedger, proberListenedUntil: Instant? = nil, packets: ProbeLedger?) {
        self.prober = prober
        self.proberListenedUntil = proberListenedUntil
        self.packets = packets
    }
}
