// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What happened to each prefix of a block in one route table, as one observer saw it.
///
/// A change costs two stores. Reporting one event per prefix would cost a thousand times that, for 100,000 events that
/// nothing reads.
package struct BlockLedger: Hashable, Sendable {
    package let block: PrefixBlock
    /// The next hops seen, in the order first seen; a prefix refers to one by its index here.
    package private(set) var nextHops: [IPAddress] = []
    /// How many prefixes now lead to each of them.
    package private(set) var counts: [Int] = []
    /// Each prefix's next hop, as an index; -1 for none.
    private var current: [Int16]
    /// When each prefix last changed since `begin`; `never` for not at all.
    private var instants: [Int64]
    /// The number of changes since `begin`.
    package private(set) var changeCount = 0
    package private(set) var firstAt: Instant?
    package private(set) var lastAt: Instant?

    private static let never = Int64.min

    package init(_ block: PrefixBlock) {
        self.block = block
        current = [Int16](repeating: -1, count: block.count)
        instants = [Int64](repeating: Self.never, count: block.count)
    }

    /// Forgets when prefixes changed, but not their next hops.
    package mutating func begin() {
        for index in instants.indices { instants[index] = Self.never }
        changeCount = 0
        firstAt = nil
        lastAt = nil
    }

    /// A prefix, given by its index in the block, has a new next hop, or none.
    package mutating func record(_ index: Int, nextHop: IPAddress?, at instant: Instant) {
        let number = nextHop.map { self.number(of: $0) } ?? -1
        if current[index] >= 0 { counts[Int(current[index])] -= 1 }
        if number >= 0 { counts[number] += 1 }
        current[index] = Int16(number)
        instants[index] = instant.nanoseconds
        changeCount += 1
        firstAt = firstAt ?? instant
        lastAt = instant
    }

    private mutating func number(of nextHop: IPAddress) -> Int {
        if let known = nextHops.firstIndex(of: nextHop) { return known }
        nextHops.append(nextHop)
        counts.append(0)
        return nextHops.count - 1
    }

    /// Each prefix's next hop, and when it last changed since `begin`.
    package var changes: BlockChanges {
        let base = firstAt ?? .zero
        return BlockChanges(
            nextHops: nextHops, current: current.map(Int.init), base: base,
            offsets: instants.map { $0 == Self.never ? -1 : $0 - base.nanoseconds })
    }
}

/// When each prefix of a block last changed, and its next hop: arrays as long as the block.
package struct BlockChanges: Hashable, Sendable, Codable {
    package var nextHops: [IPAddress]
    /// The index in `nextHops` for each prefix; -1 for none.
    package var current: [Int]
    package var base: Instant
    /// Nanoseconds after `base`; -1 for a prefix that did not change.
    package var offsets: [Int64]

    package init(nextHops: [IPAddress], current: [Int], base: Instant, offsets: [Int64]) {
        self.nextHops = nextHops
        self.current = current
        self.base = base
        self.offsets = offsets
    }

    /// When a prefix last changed, if that change led it to one of the given next hops.
    package func instant(of index: Int, to wanted: [IPAddress]) -> Instant? {
        guard offsets[index] >= 0, current[index] >= 0, wanted.contains(nextHops[current[index]]) else { return nil }
        return Instant(nanoseconds: base.nanoseconds + offsets[index])
    }

    private enum CodingKeys: String, CodingKey {
        case current, offsets
        case nextHops = "next_hops"
        case base = "base_ns"
    }
}

/// Changes of a block in the same direction since the last report: one event instead of one per change.
package struct BlockBatch: Hashable, Sendable {
    package var count: Int
    package var firstAt: Instant
    package var lastAt: Instant

    package init(at instant: Instant) {
        count = 1
        firstAt = instant
        lastAt = instant
    }

    package mutating func add(at instant: Instant) {
        count += 1
        lastAt = instant
    }
}
