// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One probe in the ledger, combined from all of its records.
package struct Probe: Hashable, Sendable {
    /// The outcome of a probe.
    package enum Fate: Hashable, Sendable {
        /// The first reply arrived within the forwarding delay threshold.
        case answered(at: Instant, timeToLive: UInt8)
        /// A reply arrived, but after the threshold (RFC 6412 section 3.7.6): it counts as lost.
        case late(at: Instant, timeToLive: UInt8)
        case lost
        /// No reply, and the prober stopped listening before the threshold: counts neither as answered nor as lost.
        case undecided
    }

    package var sequence: UInt64
    /// The kernel's transmit stamp, or the prober's own if there is none.
    package var sentAt: Instant
    /// Whether that is the kernel's stamp.
    package var hasKernelSendStamp: Bool
    package var fate: Fate

    package init(sequence: UInt64, sentAt: Instant, hasKernelSendStamp: Bool = false, fate: Fate) {
        self.sequence = sequence
        self.sentAt = sentAt
        self.hasKernelSendStamp = hasKernelSendStamp
        self.fate = fate
    }

    /// Lost, or counted as lost because its reply was late.
    package var isLost: Bool {
        switch fate {
        case .lost, .late: true
        case .answered, .undecided: false
        }
    }

    package var isAnswered: Bool {
        if case .answered = fate { true } else { false }
    }

    /// From the send stamp to the receive stamp of the first reply, if it arrived in time.
    package var roundTrip: Milliseconds? {
        guard case .answered(let instant, _) = fate else { return nil }
        return Milliseconds(from: sentAt, to: instant)
    }
}
