// SPDX-License-Identifier: MIT-0
import DequeModule
import WireFormat

/// A queue of prefixes that wait for room, first come, first served; any of them can leave early.
struct WaitingLine: Sendable {
    private struct Ticket {
        var prefix: IPPrefix
        var number: UInt64
    }

    /// The waiting prefixes with their current tickets: one that leaves and comes back is at the end.
    private var numbers: [IPPrefix: UInt64] = [:]
    private var tickets: Deque<Ticket> = []
    private var nextNumber: UInt64 = 0

    var count: Int { numbers.count }

    func contains(_ prefix: IPPrefix) -> Bool {
        !numbers.isEmpty && numbers[prefix] != nil
    }

    /// Appends a prefix, unless it is already waiting.
    mutating func append(_ prefix: IPPrefix) {
        guard numbers[prefix] == nil else { return }
        numbers[prefix] = nextNumber
        tickets.append(Ticket(prefix: prefix, number: nextNumber))
        nextNumber += 1
        if tickets.count > 2 * numbers.count + 64 {
            tickets.removeAll { numbers[$0.prefix] != $0.number }
        }
    }

    /// Removes a prefix, if it is waiting.
    mutating func remove(_ prefix: IPPrefix) {
        guard !numbers.isEmpty else { return }
        numbers[prefix] = nil
    }

    /// Removes and returns the longest-waiting prefix.
    mutating func popFirst() -> IPPrefix? {
        while let ticket = tickets.popFirst() {
            if numbers[ticket.prefix] == ticket.number {
                numbers[ticket.prefix] = nil
                return ticket.prefix
            }
        }
        return nil
    }

    mutating func removeAll() {
        numbers.removeAll()
        tickets.removeAll()
    }
}
