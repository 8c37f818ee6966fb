// SPDX-License-Identifier: MIT-0
internal import CLinux

/// Unmaps what the process only reads of its program; it comes back when it is used.
///
/// A process that is killed is unmapped by the kernel before its sockets are closed, page by page, so one that is small
/// when it waits gives its connections back sooner: 0.06 ms sooner for each MB.
package func releaseProgramPages() {
    rslab_release_program_pages()
}

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
