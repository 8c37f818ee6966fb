// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import Synchronization
package import Testing

/// The test waits, for another process or for time to pass, and takes a thread of its own while it does.
///
/// Tests run on as many threads as there are processors, so that each that waits leaves a processor idle. There are as many
/// threads again for those that wait.
package struct Waiting: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
    }
}

extension Trait where Self == Waiting {
    package static var waits: Self { Waiting() }
}

private final class WaitingThreads: TaskExecutor {
    static let shared = WaitingThreads()

    private let jobs = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    private init() {
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { Thread { [self] in work() }.start() }
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
