// SPDX-License-Identifier: MIT-0
internal import CLinux

/// Unmaps the program's read-only pages; they come back when they are used.
///
/// When a process is killed, the kernel unmaps it, page by page, before it closes its sockets. A process that is
/// small while it waits therefore ends its connections sooner: 0.06 ms per MB.
package func releaseProgramPages() {
    rslab_release_program_pages()
}

/// What the machine granted to a thread that must be punctual.
package struct RealTimeGrant: Hashable, Sendable, Codable {
    /// SCHED_FIFO priority; nil if refused.
    package var fifoPriority: Int32?
    package var isMemoryLocked: Bool

    package init(fifoPriority: Int32?, isMemoryLocked: Bool) {
        self.fifoPriority = fifoPriority
        self.isMemoryLocked = isMemoryLocked
    }

    /// Asks for SCHED_FIFO for the calling thread and, if wanted, for locked memory for the whole process.
    ///
    /// A refusal is not an error: it is recorded, and the report shows it.
    package static func request(fifoPriority: Int32, lockMemory: Bool) -> RealTimeGrant {
        RealTimeGrant(
            fifoPriority: rslab_set_real_time_priority(fifoPriority) == 0 ? fifoPriority : nil,
            isMemoryLocked: lockMemory && rslab_lock_memory() == 0)
    }
}
