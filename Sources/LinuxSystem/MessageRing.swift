// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import Synchronization

/// A lock-free queue from one thread to one other: a real-time thread never waits for an ordinary one.
///
/// One thread posts, one takes; the taker watches `descriptor`. After posting, only the taker owns a message.
package final class MessageRing<Message: Sendable>: @unchecked Sendable {
    // Sendable because `slots[tail..<head]` belongs to the taker and the rest to the poster; the two counters, each
    // written by one side, hand slots over with release and acquire.
    private let slots: UnsafeMutablePointer<Message?>
    private let capacity: Int
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let event: OwnedDescriptor

    package init(capacity: Int) throws(SystemError) {
        event = OwnedDescriptor(adopting: try checked("create", "event descriptor", rslab_event_descriptor()))
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: nil, count: capacity)
    }

    deinit {
        slots.deinitialize(count: capacity)
        slots.deallocate()
    }

    /// Becomes readable when there is a message to take.
    package var descriptor: Int32 { event.rawValue }

    /// Hands a message over; false if the ring is full.
    package func post(_ message: Message) -> Bool {
        let position = head.load(ordering: .relaxed)
        guard position - tail.load(ordering: .acquiring) < capacity else { return false }
        slots[position % capacity] = message
        head.store(position + 1, ordering: .releasing)
        var one: UInt64 = 1
        // Fails only if the counter is full, and then the taker has been woken often enough.
        _ = write(event.rawValue, &one, MemoryLayout<UInt64>.size)
        return true
    }

    /// Takes all posted messages, in order.
    package func drain(_ body: (Message) -> Void) {
        var count: UInt64 = 0
        // Read the counter first: a message posted after this makes the descriptor readable again.
        _ = read(event.rawValue, &count, MemoryLayout<UInt64>.size)
        while true {
            let position = tail.load(ordering: .relaxed)
            guard position < head.load(ordering: .acquiring) else { return }
            let slot = slots + position % capacity
            guard let message = slot.pointee else { preconditionFailure("a slot was handed over empty") }
            slot.pointee = nil
            tail.store(position + 1, ordering: .releasing)
            body(message)
        }
    }
}
