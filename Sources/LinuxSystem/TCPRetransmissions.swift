// SPDX-License-Identifier: MIT-0
internal import CLinux

/// What the kernel reports about a TCP connection's retransmissions.
package struct TCPRetransmissions: Hashable, Sendable {
    package var timeout: Duration
    package var consecutiveTimeouts: UInt16
    package var total: UInt32
    package var sinceLastSendMilliseconds: UInt32

    /// Asks the kernel (TCP_INFO).
    ///
    /// - Returns: nil for a socket without TCP_INFO.
    package init?(of descriptor: Int32) {
        var info = rslab_transmission()
        guard rslab_read_transmission(descriptor, &info) == 0 else { return nil }
        timeout = .microseconds(Int64(info.timeout_microseconds))
        consecutiveTimeouts = UInt16(clamping: info.consecutive_timeouts)
        total = info.retransmissions
        sinceLastSendMilliseconds = info.last_sent_milliseconds
    }
}
