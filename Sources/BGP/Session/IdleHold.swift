// SPDX-License-Identifier: MIT-0
import WireFormat

/// The pause before a session that failed is tried again (IdleHoldTimer and DampPeerOscillations of RFC 4271 section 8.1.1).
struct IdleHold {
    /// When the pause that is on ends; nil when none is.
    private(set) var deadline: Instant?
    private let first: Duration
    private let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = max(first, longest)
        next = first
    }

    /// Begins a pause; the one after it is twice as long.
    mutating func begin(at now: Instant, random: inout SeededGenerator) {
        // Two speakers that failed together must not come back in step.
        deadline = now + random.jittered(next)
        next = min(next * 2, longest)
    }

    mutating func end() {
        deadline = nil
    }

    /// A session lived that long.
    ///
    /// Once it was up for at least as long as the next pause would last, the pauses begin anew: a peer that flaps is away
    /// no longer than it is there, and one that fails once a day is back at once.
    mutating func sessionEnded(after uptime: Duration) {
        if uptime >= next { next = first }
    }

    /// Forgets all failures.
    mutating func reset() {
        deadline = nil
        next = first
    }
}
