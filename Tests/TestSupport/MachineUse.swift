// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import LinuxSystem
package import Testing
internal import WireFormat

/// How a test uses the machine: beside others, or by itself because it measures.
///
/// Labs do not interfere with each other, but they use the same CPUs, so what a test measures is only true while no other
/// test runs. Tests that measure therefore wait until all the others have ended, and run one after another; the others run
/// side by side. Every suite that makes namespaces or runs programs says which it is; of a suite and a test inside it that
/// say different things, the test measures.
///
/// The turn is waited for before the time limit begins. A parametrised test has one turn for all its cases: where these take
/// long, `.serialized` keeps them from running at the same time.
package struct MachineUse: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true
    private let isAlone: Bool
    private let identity = Identity()

    private final class Identity: Sendable {}

    fileprivate init(isAlone: Bool) {
        self.isAlone = isAlone
    }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> MachineUse? {
        guard !test.isSuite, testCase == nil else { return nil }
        // A test has those of its suites, too: the first of all stands for them.
        let uses = test.traits.compactMap { $0 as? MachineUse }
        guard uses.first?.identity === identity else { return nil }
        return uses.first { $0.isAlone } ?? self
    }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await MachineTurns.shared.begin(alone: isAlone)
        let start = Instant.now
        let outcome: Result<Void, any Error>
        do {
            // Tests block while they wait for programs: on threads of their own, not on those of all tasks.
            outcome = .success(try await withTaskExecutorPreference(ThreadPerJob()) { try await function() })
        } catch {
            outcome = .failure(error)
        }
        TestTimes.record(test, alone: isAlone, took: .now - start)
        await MachineTurns.shared.end(alone: isAlone)
        try outcome.get()
    }
}

extension Trait where Self == MachineUse {
    /// The test measures nothing: others may run at the same time.
    package static var sideBySide: Self { MachineUse(isAlone: false) }

    /// The test judges times: no other runs at the same time.
    package static var measures: Self { MachineUse(isAlone: true) }
}

/// Runs every job on a thread of its own.
final class ThreadPerJob: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Whose turn it is: first those side by side, a few at a time and in order of arrival, and then those that measure, one at a time.
private actor MachineTurns {
    static let shared = MachineTurns()

    private let widthMax = 2 * ProcessInfo.processInfo.activeProcessorCount
    private var runningCount = 0
    private var isTakenAlone = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var waitingAlone: [CheckedContinuation<Void, Never>] = []

    func begin(alone: Bool) async {
        await withCheckedContinuation { continuation in
            if alone { waitingAlone.append(continuation) } else { waiting.append(continuation) }
            giveTurns()
        }
    }

    func end(alone: Bool) {
        if alone { isTakenAlone = false } else { runningCount -= 1 }
        giveTurns()
    }

    private func giveTurns() {
        guard !isTakenAlone else { return }
        while !waiting.isEmpty, runningCount < widthMax {
            runningCount += 1
            waiting.removeFirst().resume()
        }
        guard runningCount == 0, !waitingAlone.isEmpty else { return }
        isTakenAlone = true
        waitingAlone.removeFirst().resume()
    }
}
