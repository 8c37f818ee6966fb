// SPDX-License-Identifier: MIT-0

/// What Linux reports about a TCP connection's retransmissions (`TCP_INFO`).
package struct TransmissionState: Hashable, Sendable {
    /// `tcpi_rto`: how long TCP waits for an acknowledgement before it retransmits, doubled each time (RFC 6298 section
    /// 5.5).
    package var retransmissionTimeout: Milliseconds
    /// `tcpi_retransmits`: how many times in a row that timeout has passed.
    package var consecutiveTimeouts: UInt16
    /// `tcpi_total_retrans`: segments retransmitted since the connection began.
    package var retransmissions: UInt32
    /// `tcpi_last_data_sent`, in the kernel's ticks of 1 to 10 ms.
    package var sinceLastSendMilliseconds: UInt32

    package init(
        retransmissionTimeout: Milliseconds, consecutiveTimeouts: UInt16, retransmissions: UInt32,
        sinceLastSendMilliseconds: UInt32
    ) {
        self.retransmissionTimeout = retransmissionTimeout
        self.consecutiveTimeouts = consecutiveTimeouts
        self.retransmissions = retransmissions
        self.sinceLastSendMilliseconds = sinceLastSendMilliseconds
    }
}
