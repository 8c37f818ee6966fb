// SPDX-License-Identifier: MIT-0

/// The two intervals that a Poll Sequence announces to the peer.
struct PolledIntervals: Hashable, Sendable {
    var desiredMinTx: Microseconds
    var requiredMinRx: Microseconds
}

/// The state of our Poll Sequence (RFC 5880 sections 6.5 and 6.8.3).
///
/// A Final does not say which Poll it answers. So a change during a sequence gets its own sequence, which begins only
/// after a packet without the F bit has arrived: the third of the ways in section 6.8.3.
enum PollSequence: Hashable, Sendable {
    case idle
    /// The next periodic packet must carry the P bit.
    case requested
    /// Packets with the P bit were sent; the Final will confirm the intervals of the first of them.
    case underWay(PolledIntervals, isOutdated: Bool)
    /// Terminated, and no packet without the F bit has arrived since.
    case settling(isRequestedAgain: Bool)

    /// The P bit of periodic packets.
    var setsPollBit: Bool {
        switch self {
        case .requested, .underWay: true
        case .idle, .settling: false
        }
    }

    mutating func request() {
        switch self {
        case .idle, .requested: self = .requested
        case .underWay(let intervals, _): self = .underWay(intervals, isOutdated: true)
        case .settling: self = .settling(isRequestedAgain: true)
        }
    }

    mutating func pollTransmitted(_ intervals: PolledIntervals) {
        if case .requested = self { self = .underWay(intervals, isOutdated: false) }
    }

    /// Terminates the sequence, if one is in progress, and returns what the peer has confirmed.
    mutating func finalReceived() -> PolledIntervals? {
        guard case .underWay(let intervals, let isOutdated) = self else { return nil }
        self = .settling(isRequestedAgain: isOutdated)
        return intervals
    }

    mutating func packetWithoutFinalReceived() {
        guard case .settling(let isRequestedAgain) = self else { return }
        self = isRequestedAgain ? .requested : .idle
    }
}
