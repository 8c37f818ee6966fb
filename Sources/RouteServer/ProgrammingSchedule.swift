// SPDX-License-Identifier: MIT-0
import HeapModule
import WireFormat

/// The routes that are on their way from the FIB to the tables.
struct ProgrammingSchedule: Sendable {
    /// One route on its way; what the FIB said in between is never written.
    struct Entry: Sendable {
        /// Where the tables send now.
        var written: RouteServerConfiguration.OwnedAddress?
        /// Where they are to send.
        var target: RouteServerConfiguration.OwnedAddress?
        var due: Instant
        /// Whether the route is held up because the one in the tables would do.
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
    /// Has a turn for each entry, and further ones that count no more; the first one always counts.
    private var turns = Heap<Turn>()

    var isEmpty: Bool { entries.isEmpty }
    var prefixes: [IPPrefix] { Array(entries.keys) }
    var nextDeadline: Instant? { turns.min?.due }
    /// The prefix whose turn is next.
    var nextPrefix: IPPrefix? { turns.min?.prefix }
    /// The prefixes of routes that are held up, in order.
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
