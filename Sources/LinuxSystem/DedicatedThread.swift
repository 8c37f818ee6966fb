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

    /// Calls `body` with each number below `count`, each on its own thread at the same time, and waits for all.
    ///
    /// For work that waits in the kernel. If several calls fail, the error of the lowest number is thrown.
    package static func performEach(
        _ count: Int, _ body: @escaping @Sendable (Int) throws(SystemError) -> Void
    ) throws(SystemError) {
        let slots = (0..<count).map { _ in OutcomeSlot<Void>() }
        try start(slots[...], body)
        for slot in slots { try slot.outcome?.get() }
    }

    /// Starts the threads in order and waits for them in reverse, even if one cannot be started.
    private static func start(
        _ slots: ArraySlice<OutcomeSlot<Void>>, _ body: @escaping @Sendable (Int) throws(SystemError) -> Void
    ) throws(SystemError) {
        guard let slot = slots.first else { return }
        let number = slots.startIndex
        // Read after the thread has been joined.
        nonisolated(unsafe) let outcome = slot
        let thread = try DedicatedThread {
            do throws(SystemError) {
                try body(number)
                outcome.outcome = .success(())
            } catch {
                outcome.outcome = .failure(error)
            }
        }
        do throws(SystemError) {
            try start(slots.dropFirst(), body)
        } catch {
            thread.join()
            throw error
        }
        thread.join()
    }
}

/// Where a thread leaves its result for `DedicatedThread.perform`.
private final class OutcomeSlot<Value> {
    var outcome: Result<Value, SystemError>?
}
