// SPDX-License-Identifier: MIT-0
import WireFormat

/// The pause before a failed session is tried again (IdleHoldTimer and DampPeerOscillations of RFC 4271 section 8.1.1).
struct IdleHold {
    /// When the current pause ends; nil if there is none.
    private(set) var deadline: Instant?
    private let first: Duration
    private let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = max(first, longest)
        next = first
    }

    /// Begins a pause; the next one will be twice as long.
    mutating func begin(at now: Instant, random: inout SeededGenerator) {
        // Two speakers that failed together must not come back in step.
        deadline = now + random.jittered(next)
        next = min(next * 2, longest)
    }

    mutating func end() {
        deadline = nil
    }

    /// A session ended after `uptime`.
    ///
    /// If it was up for at least as long as the next pause would last, pauses start from the shortest again: a peer
    /// that flaps is away no longer than it is up, and one that fails once a day is back at once.
    mutating func sessionEnded(after uptime: Duration) {
        if uptime >= next { next = first }
    }

    /// Forgets all failures.
    mutating func reset() {
        deadline = nil
        next = first
    }
}
