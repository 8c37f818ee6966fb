// SPDX-License-Identifier: MIT-0
internal import CLinux

/// What a thread that must be punctual could get from the machine.
package struct RealTimeGrant: Hashable, Sendable, Codable {
    /// SCHED_FIFO priority, nil where it was refused.
    package var fifoPriority: Int32?
    package var isMemoryLocked: Bool

    package init(fifoPriority: Int32?, isMemoryLocked: Bool) {
        self.fifoPriority = fifoPriority
        self.isMemoryLocked = isMemoryLocked
    }

    /// Asks for SCHED_FIFO for the calling thread and, where wanted, for locked memory for the whole process.
    ///
    /// A refusal is no failure: it is recorded, and the report says so.
    package static func request(fifoPriority: Int32, lockMemory: Bool) -> RealTimeGrant {
        RealTimeGrant(
            fifoPriority: rslab_set_real_time_priority(fifoPriority) == 0 ? fifoPriority : nil,
            isMemoryLocked: lockMemory && rslab_lock_memory() == 0)
    }
}
