// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import WireFormat

/// A thread for work that must not share one: `setns`, which is per thread, and real-time loops.
package struct DedicatedThread: ~Copyable, @unchecked Sendable {
    // `pthread_t` is a number that any thread may join; `join` consumes the owner, so it happens only once.
    private let handle: pthread_t

    /// Starts `body` on a new thread.
    ///
    /// A thread that is never joined is detached when its owner goes away.
    package init(_ body: sending @escaping () -> Void) throws(SystemError) {
        final class Box {
            let body: () -> Void
            init(_ body: @escaping () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context = context else { return nil }
                let box = Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
                box.body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw SystemError(operation: "start", subject: "thread", code: code)
        }
        self.handle = handle
    }

    /// Waits for the thread to end.
    package consuming func join() {
        pthread_join(handle, nil)
        discard self
    }

    /// Sleeps for this long, or slightly longer.
    package static func pause(_ duration: Duration) throws(SystemError) {
        // No descriptor: only the deadline ends the wait.
        try checked("wait", "clock", rslab_wait_readable_until(-1, (Instant.now + duration).nanoseconds))
    }

    deinit {
        pthread_detach(handle)
    }

    /// Runs `body` on a thread that ends with it, and waits for its result.
    ///
    /// What `body` does to its thread (namespaces, credentials, scheduling) ends with the thread.
    package static func perform<Result>(_ body: () throws(SystemError) -> Result) throws(SystemError) -> Result {
        // The caller waits for the thread, so nothing that `body` captures is used by two threads at once or
        // outlives the call.
        let slot = OutcomeSlot<Result>()
        try withoutActuallyEscaping(body) { (body: @escaping () throws(SystemError) -> Result) throws(SystemError) in
            nonisolated(unsafe) let work = {
                do throws(SystemError) {
                    slot.outcome = .success(try body())
                } catch {
                    slot.outcome = .failure(error)
                }
            }
            try DedicatedThread { work() }.join()
        }
        guard let outcome = slot.outcome else { preconditionFailure("a thread ended without a result") }
        return try outcome.get()
    }

    /// Calls `body` with each number below `count`, up to `width` calls at the same time, and returns their results.
    ///
    /// For work that waits in the kernel. A thread makes several calls if there are more of them than threads. If several
    /// calls fail, the error of the lowest number is thrown.
    package static func performEach<Result>(
        _ count: Int, width: Int = .max, _ body: @escaping @Sendable (Int) throws(SystemError) -> Result
    ) throws(SystemError) -> [Result] {
        let slots = (0..<count).map { _ in OutcomeSlot<Result>() }
        let width = min(width, count)
        let shares = (0..<width).map { first in stride(from: first, to: count, by: width).map { ($0, slots[$0]) } }
        try start(shares[...], body)
        var results: [Result] = []
        for slot in slots {
            guard let outcome = slot.outcome else { preconditionFailure("a thread ended without a result") }
            results.append(try outcome.get())
        }
        return results
    }

    /// Starts the threads in order and waits for them in reverse, even if one cannot be started.
    private static func start<Result>(
        _ shares: ArraySlice<[(Int, OutcomeSlot<Result>)]>,
        _ body: @escaping @Sendable (Int) throws(SystemError) -> Result
    ) throws(SystemError) {
        guard let share = shares.first else { return }
        // Read after the thread has been joined.
        nonisolated(unsafe) let slots = share
        let thread = try DedicatedThread {
            for (number, slot) in slots {
                do throws(SystemError) {
                    slot.outcome = .success(try body(number))
                } catch {
                    slot.outcome = .failure(error)
                }
            }
        }
        do throws(SystemError) {
            try start(shares.dropFirst(), body)
        } catch {
            thread.join()
            throw error
        }
        thread.join()
    }

    /// Runs `other` on a thread while `body` runs here, and waits for both; if both fail, the error of `body` is thrown.
    package static func perform<Result>(
        _ other: @escaping @Sendable () throws -> Void, alongside body: () throws -> Result
    ) throws -> Result {
        // Read after the thread has been joined.
        nonisolated(unsafe) var outcome = Swift.Result<Void, any Error>.success(())
        let thread = try DedicatedThread { outcome = Swift.Result { try other() } }
        let result = Swift.Result { try body() }
        thread.join()
        let value = try result.get()
        try outcome.get()
        return value
    }
}

/// Where a thread leaves its result for `DedicatedThread.perform`.
private final class OutcomeSlot<Value> {
    var outcome: Result<Value, SystemError>?
}
