// SPDX-License-Identifier: MIT-0
import WireFormat

/// What one neighbour is still to be told: prefixes whose routes wait until its connection takes more.
///
/// Prefixes wait, not messages: a route that changes often while the neighbour does not read waits once, and what is
/// sent in the end is the route as it is then.
struct PendingRoutes: Sendable {
    /// At most this many prefixes, or this many sets of attributes of the table, make one part.
    private static let partPrefixCountMax = 4096
    private static let partGroupCountMax = 64

    /// Prefixes whose best path has changed, with the path that the neighbour was told last.
    private var changes: [IPPrefix: RoutingTable.Path?] = [:]
    /// The changes that are being sent, in order; those that come meanwhile follow afterwards.
    private var changesInOrder: ArraySlice<IPPrefix> = []
    /// Prefixes to be told whatever the neighbour was told before; those of a group share their attributes.
    private var table: ArraySlice<[IPPrefix]> = []
    /// The families of which `table` is the end.
    private var tableFamilies: [AddressFamily] = []
    /// Whether End-of-RIB follows the table.
    private var endsRIB = false
    /// Families whose routes were asked for again while a table was being sent.
    private(set) var requestedFamilies: Set<AddressFamily> = []

    var hasChanges: Bool { !changes.isEmpty }
    var hasTable: Bool { !tableFamilies.isEmpty }
    var isEmpty: Bool { changes.isEmpty && tableFamilies.isEmpty && requestedFamilies.isEmpty }

    /// A best path changed; only the path before the first change counts.
    mutating func note(_ change: RoutingTable.BestChange) {
        guard let told = changes[change.prefix] else {
            changes[change.prefix] = .some(change.previous)
            return
        }
        // Neither told nor there any more: a source of ever new prefixes must not fill the memory.
        if told == nil, change.current == nil { changes[change.prefix] = nil }
    }

    mutating func beginTable(_ groups: [[IPPrefix]], of families: [AddressFamily], endsRIB: Bool) {
        table = groups[...]
        tableFamilies = families
        self.endsRIB = endsRIB
        requestedFamilies.subtract(families)
    }

    mutating func request(_ family: AddressFamily) {
        requestedFamilies.insert(family)
    }

    /// The next changes to be sent, each with the path that the neighbour was told last.
    mutating func takeChanges() -> [(prefix: IPPrefix, told: RoutingTable.Path?)] {
        if changesInOrder.isEmpty { changesInOrder = changes.keys.sorted()[...] }
        let part = changesInOrder.prefix(Self.partPrefixCountMax)
        changesInOrder = changesInOrder.dropFirst(part.count)
        return part.compactMap { prefix in changes.removeValue(forKey: prefix).map { (prefix, $0) } }
    }

    /// The next prefixes of the table.
    mutating func takeTablePart() -> [IPPrefix] {
        var part: [IPPrefix] = []
        var groupCount = 0
        while let group = table.first, part.count < Self.partPrefixCountMax, groupCount < Self.partGroupCountMax {
            let room = Self.partPrefixCountMax - part.count
            part += group.prefix(room)
            groupCount += 1
            if group.count > room {
                table[table.startIndex] = Array(group.dropFirst(room))
            } else {
                table = table.dropFirst()
            }
        }
        return part
    }

    /// If the table is at its end: the families whose End-of-RIB follows.
    mutating func takeTableEnd() -> [AddressFamily] {
        guard table.isEmpty else { return [] }
        defer { tableFamilies = [] }
        return endsRIB ? tableFamilies : []
    }
}
