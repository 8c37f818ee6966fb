// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// One thread that waits for descriptors and deadlines, and calls back.
///
/// epoll for descriptors, one timerfd (absolute, CLOCK_MONOTONIC) for all deadlines: the next one is armed before
/// each wait. The clock is read once per wake-up. Not Sendable: everything happens on the thread that calls `run`.
package final class EventLoop {
    /// What to wait for on a descriptor, or what it is ready for.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Readiness(rawValue: UInt32(RSLAB_READABLE))
        package static let writable = Readiness(rawValue: UInt32(RSLAB_WRITABLE))
        package static let error = Readiness(rawValue: UInt32(RSLAB_ERROR))
        package static let hangUp = Readiness(rawValue: UInt32(RSLAB_HANG_UP))
    }

    /// A registration of a descriptor or of a timer.
    package struct Token: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    private struct Watch {
        var descriptor: Int32
        /// What the kernel was told to report.
        var events: Readiness
        var handler: (Readiness) -> Void
    }

    private struct Timer {
        var deadline: Instant?
        var handler: () -> Void
    }

    private let epoll: OwnedDescriptor
    private let timer: OwnedDescriptor
    private var watches: [UInt64: Watch] = [:]
    private var timers: [UInt64: Timer] = [:]
    private var nextToken: UInt64 = 1
    private var isStopped = false
    private var isCallingBack = false
    private var armed: Instant?
    private var ready = [rslab_ready](repeating: rslab_ready(), count: 64)
    /// The timers of one wake-up, in the order they are served.
    private var due: [(deadline: Instant, token: UInt64)] = []
    private var waitingSince: Instant
    /// Called after all callbacks of a wake-up: for work that must not delay any of them.
    package var afterEachWake: () -> Void = {}

    /// The clock when the loop last woke up, or when it was created.
    package private(set) var now: Instant

    private var lateness = TimerLateness()

    /// What the kernel granted; nil without a real-time priority.
    private var fifoPriority: Int32?
    private var allowance: RealTimeAllowance
    /// Under SCHED_OTHER, until there is nothing to do.
    private var hasUsedAllowance = false

    package init() throws(SystemError) {
        epoll = try OwnedDescriptor(adopting: checked("create", "epoll", rslab_epoll_create()))
        timer = try OwnedDescriptor(adopting: checked("create", "timer", rslab_timer_create()))
        now = .now
        waitingSince = now
        allowance = RealTimeAllowance(at: now)
        try checked("watch", "timer", rslab_epoll_add(epoll.rawValue, timer.rawValue, Readiness.readable.rawValue, 0))
    }

    /// Calls `handler` whenever the descriptor is ready.
    ///
    /// The caller keeps the descriptor open until `remove`.
    package func watch(
        _ descriptor: Int32, for events: Readiness, handler: @escaping (Readiness) -> Void
    ) throws(SystemError) -> Token {
        let token = Token(value: nextToken)
        nextToken += 1
        try checked(
            "watch", "descriptor \(descriptor)",
            rslab_epoll_add(epoll.rawValue, descriptor, events.rawValue, token.value))
        watches[token.value] = Watch(descriptor: descriptor, events: events, handler: handler)
        return token
    }

    /// Sets what to wait for on a descriptor.
    ///
    /// Callers need not know what it was: the kernel is asked only for a change.
    package func update(_ token: Token, to events: Readiness) throws(SystemError) {
        guard let watch = watches[token.value], watch.events != events else { return }
        try checked(
            "watch", "descriptor \(watch.descriptor)",
            rslab_epoll_modify(epoll.rawValue, watch.descriptor, events.rawValue, token.value))
        watches[token.value]?.events = events
    }

    /// Makes a timer without a deadline; set one with `schedule`.
    package func makeTimer(handler: @escaping () -> Void) -> Token {
        let token = Token(value: nextToken)
        nextToken += 1
        timers[token.value] = Timer(deadline: nil, handler: handler)
        return token
    }

    /// Sets a timer's single deadline; nil switches it off.
    ///
    /// A deadline in the past fires at once.
    package func schedule(_ token: Token, at deadline: Instant?) {
        timers[token.value]?.deadline = deadline
    }

    /// Removes a descriptor or a timer.
    ///
    /// Call this before closing the descriptor.
    package func remove(_ token: Token) {
        timers[token.value] = nil
        guard let watch = watches.removeValue(forKey: token.value) else { return }
        // Fails only if the descriptor is already closed, and then there is nothing to remove.
        _ = rslab_epoll_remove(epoll.rawValue, watch.descriptor)
    }

    /// Makes `run` return after the current callbacks.
    package func stop() {
        isStopped = true
    }

    /// Waits and calls back until `stop`.
    package func run() throws(SystemError) {
        isStopped = false
        while !isStopped {
            try runOnce()
        }
    }

    /// Waits once, for the next descriptor or deadline, and calls back; must not be called from a callback.
    ///
    /// Stops allocating once the largest number of timers due at once has been reached.
    package func runOnce() throws(SystemError) {
        precondition(!isCallingBack, "a callback waits for callbacks")
        try arm()
        waitingSince = .now
        let count = try wait()
        now = .now
        isCallingBack = true
        defer { isCallingBack = false }
        for index in 0..<count {
            let entry = ready[index]
            if entry.token == 0 {
                drainTimer()
            } else {
                // An earlier callback of this round may have removed it.
                watches[entry.token]?.handler(Readiness(rawValue: entry.events))
            }
        }
        fireTimers()
        afterEachWake()
        spendAllowance()
    }

    private func wait() throws(SystemError) -> Int {
        let capacity = Int32(ready.count)
        if hasUsedAllowance, let fifoPriority {
            let count = try checked("wait", "epoll", rslab_epoll_wait(epoll.rawValue, &ready, capacity, false))
            guard count == 0 else { return Int(count) }
            hasUsedAllowance = false
            // It was granted before; refused now, the thread stays as it is, and its lateness is on record.
            _ = rslab_set_real_time_priority(fifoPriority)
        }
        return Int(try checked("wait", "epoll", rslab_epoll_wait(epoll.rawValue, &ready, capacity, true)))
    }

    private func spendAllowance() {
        guard fifoPriority != nil, !allowance.use(from: now, to: .now), !hasUsedAllowance else { return }
        hasUsedAllowance = rslab_clear_real_time_priority() == 0
    }

    /// Asks for SCHED_FIFO for the calling thread, which is the one that calls `run`: as long as it keeps within
    /// `RealTimeAllowance`.
    package func requestRealTime(fifoPriority: Int32) -> RealTimeGrant {
        let grant = RealTimeGrant.request(fifoPriority: fifoPriority, lockMemory: false)
        self.fifoPriority = grant.fifoPriority
        return grant
    }

    private func arm() throws(SystemError) {
        var next: Instant?
        for timer in timers.values {
            guard let deadline = timer.deadline else { continue }
            next = next.map { min($0, deadline) } ?? deadline
        }
        guard next != armed else { return }
        armed = next
        // A deadline of 0 would disarm the timer; 1 ns after boot is also in the past.
        let nanoseconds = next.map { max($0.nanoseconds, 1) } ?? 0
        try checked("arm", "timer", rslab_timer_arm(timer.rawValue, nanoseconds))
    }

    private func drainTimer() {
        var expirations: UInt64 = 0
        // EAGAIN if it was re-armed between wake-up and here: nothing to drain then.
        _ = read(timer.rawValue, &expirations, MemoryLayout<UInt64>.size)
        armed = nil
    }

    private func fireTimers() {
        due.removeAll(keepingCapacity: true)
        for (token, timer) in timers {
            guard let deadline = timer.deadline, deadline <= now else { continue }
            due.append((deadline, token))
        }
        guard !due.isEmpty else { return }
        due.sort { ($0.deadline, $0.token) < ($1.deadline, $1.token) }
        lateness.add(now - max(due[0].deadline, waitingSince))
        for index in due.indices {
            // An earlier callback may have moved or removed it.
            let token = due[index].token
            guard let timer = timers[token], let deadline = timer.deadline, deadline <= now else { continue }
            timers[token]?.deadline = nil
            timer.handler()
        }
    }

    /// How late the kernel woke this thread for its timers, since the last call.
    ///
    /// Counted from the deadline, or from when the loop began to wait if that was later: the time that the thread
    /// itself was busy is not the machine's fault.
    package func takeLateness() -> TimerLateness {
        defer { lateness.removeAll() }
        return lateness
    }
}

extension Instant {
    /// CLOCK_MONOTONIC, read now.
    package static var now: Instant {
        Instant(nanoseconds: rslab_monotonic_nanoseconds())
    }
}

/// CLOCK_REALTIME in nanoseconds since 1970, read now.
package func realTimeNanoseconds() -> Int64 {
    rslab_realtime_nanoseconds()
}

/// Turns the `-errno` of a CLinux function into a `SystemError`.
@discardableResult
package func checked<Result: SignedInteger>(
    _ operation: @autoclosure () -> String, _ subject: @autoclosure () -> String, _ result: Result
) throws(SystemError) -> Result {
    guard result < 0 else { return result }
    throw SystemError(operation: operation(), subject: subject(), code: Int32(-result))
}
