// SPDX-License-Identifier: MIT-0
import DequeModule
import WireFormat

/// Prefixes that wait for room, first come, first served; whoever is in the middle can leave.
struct WaitingLine: Sendable {
    private struct Ticket {
        var prefix: IPPrefix
        var number: UInt64
    }

    /// Those who wait, with the ticket that counts: who leaves and comes back stands at the end.
    private var numbers: [IPPrefix: UInt64] = [:]
    private var tickets: Deque<Ticket> = []
    private var nextNumber: UInt64 = 0

    var count: Int { numbers.count }

    func contains(_ prefix: IPPrefix) -> Bool {
        !numbers.isEmpty && numbers[prefix] != nil
    }

    /// Puts a prefix at the end, unless it waits already.
    mutating func append(_ prefix: IPPrefix) {
        guard numbers[prefix] == nil else { return }
        numbers[prefix] = nextNumber
        tickets.append(Ticket(prefix: prefix, number: nextNumber))
        nextNumber += 1
        if tickets.count > 2 * numbers.count + 64 {
            tickets.removeAll { numbers[$0.prefix] != $0.number }
        }
    }

    /// Takes a prefix out of the line, if it is there.
    mutating func remove(_ prefix: IPPrefix) {
        guard !numbers.isEmpty else { return }
        numbers[prefix] = nil
    }

    /// Takes out the one that has waited for the longest.
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
