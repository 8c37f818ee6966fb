// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import Synchronization
package import Testing

/// The test waits, for another process or for time to pass, on another thread than those of all tests.
///
/// Of these there are as many as processors, so that each that waits would leave a processor idle.
package struct Waiting: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true
    fileprivate let threads: any TaskExecutor

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(threads) { try await function() }
    }
}

extension Trait where Self == Waiting {
    /// The test starts programs: a few at a time.
    package static var waits: Self { Waiting(threads: WaitingThreads.shared) }

    /// The test only lets time pass: at once, whatever others do.
    package static var sleeps: Self { Waiting(threads: ThreadPerJob()) }
}

private final class WaitingThreads: TaskExecutor {
    static let shared = WaitingThreads()

    private let jobs = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    private init() {
        for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount { Thread { [self] in work() }.start() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        count.signal()
    }

    private func work() {
        while true {
            count.wait()
            let job = jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
