// SPDX-License-Identifier: MIT-0
import HeapModule
import WireFormat

/// The routes scheduled to be written from the FIB to the tables.
struct ProgrammingSchedule: Sendable {
    /// One scheduled route; intermediate states of the FIB are never written.
    struct Entry: Sendable {
        /// The next hop now in the tables.
        var written: RouteServerConfiguration.OwnedAddress?
        /// The next hop to be written.
        var target: RouteServerConfiguration.OwnedAddress?
        var due: Instant
        /// Whether the route waits longer because the one in the tables is still usable.
        var isFailback: Bool
    }

    private struct Turn: Comparable {
        var due: Instant
        var prefix: IPPrefix

        static func < (left: Turn, right: Turn) -> Bool {
            (left.due, left.prefix) < (right.due, right.prefix)
        }
    }

    private var entries: [IPPrefix: Entry] = [:]
    /// One turn per entry, plus outdated ones; the first is always valid.
    private var turns = Heap<Turn>()

    var isEmpty: Bool { entries.isEmpty }
    var prefixes: [IPPrefix] { Array(entries.keys) }
    var nextDeadline: Instant? { turns.min?.due }
    /// The prefix whose turn is next.
    var nextPrefix: IPPrefix? { turns.min?.prefix }
    /// The prefixes of routes that wait longer, in order.
    var failbackPrefixes: [IPPrefix] {
        entries.isEmpty ? [] : entries.filter(\.value.isFailback).keys.sorted()
    }

    subscript(prefix: IPPrefix) -> Entry? { entries[prefix] }

    mutating func set(_ prefix: IPPrefix, _ entry: Entry) {
        entries[prefix] = entry
        turns.insert(Turn(due: entry.due, prefix: prefix))
        dropPastTurns()
    }

    mutating func remove(_ prefix: IPPrefix) {
        guard entries.removeValue(forKey: prefix) != nil else { return }
        dropPastTurns()
    }

    private mutating func dropPastTurns() {
        while let turn = turns.min, entries[turn.prefix]?.due != turn.due {
            turns.removeMin()
        }
    }
}
