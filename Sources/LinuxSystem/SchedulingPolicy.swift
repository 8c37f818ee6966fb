// SPDX-License-Identifier: MIT-0
internal import Glibc

/// How the kernel schedules one thread.
package struct SchedulingPolicy: Hashable, Sendable, Codable {
    package var threadID: Int32
    /// SCHED_OTHER, SCHED_FIFO and so on.
    package var policy: Int32
    package var priority: Int32

    /// A thread's current policy; nil if the thread has ended.
    package init?(of threadID: Int32) {
        let policy = sched_getscheduler(threadID)
        var parameters = sched_param()
        guard policy >= 0, sched_getparam(threadID, &parameters) == 0 else { return nil }
        self.threadID = threadID
        self.policy = policy
        priority = parameters.sched_priority
    }

    package var isRealTime: Bool {
        // SCHED_RESET_ON_FORK may be combined with the policy (sched(7)).
        let plain = policy & ~Int32(bitPattern: 0x4000_0000)
        return plain == SCHED_FIFO || plain == SCHED_RR
    }

    /// Gives the thread this policy; a thread that has ended is no failure.
    package func apply() throws(SystemError) {
        var parameters = sched_param()
        parameters.sched_priority = priority
        guard sched_setscheduler(threadID, policy, &parameters) != 0, errno != ESRCH else { return }
        throw SystemError(operation: "set the scheduling of", subject: "thread \(threadID)", code: errno)
    }

    /// Takes the real-time priority from the thread.
    package func applyOrdinary() throws(SystemError) {
        var ordinary = self
        ordinary.policy = SCHED_OTHER
        ordinary.priority = 0
        try ordinary.apply()
    }

    /// The threads of a process.
    package static func threads(of processID: Int32) -> [Int32] {
        namesInDirectory("/proc/\(processID)/task").compactMap { Int32($0) }
    }
}
