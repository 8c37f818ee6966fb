// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What became of each prefix of a block in one route table, as whoever keeps this saw it.
///
/// A change costs two stores. An event a prefix would cost a thousand times that to tell, and nobody reads 100,000 of them.
package struct BlockLedger: Hashable, Sendable {
    package let block: PrefixBlock
    /// The next hops that were seen, in the order first seen; a prefix names one by its place here.
    package private(set) var nextHops: [IPAddress] = []
    /// How many prefixes lead to each of them now.
    package private(set) var counts: [Int] = []
    /// Each prefix's next hop; -1 for none.
    private var current: [Int16]
    /// When each prefix changed last since `begin`; `never` for not at all.
    private var instants: [Int64]
    /// Since `begin`.
    package private(set) var changeCount = 0
    package private(set) var firstAt: Instant?
    package private(set) var lastAt: Instant?

    private static let never = Int64.min

    package init(_ block: PrefixBlock) {
        self.block = block
        current = [Int16](repeating: -1, count: block.count)
        instants = [Int64](repeating: Self.never, count: block.count)
    }

    /// Forgets when prefixes changed, and keeps where they lead.
    package mutating func begin() {
        for index in instants.indices { instants[index] = Self.never }
        changeCount = 0
        firstAt = nil
        lastAt = nil
    }

    /// A prefix, by its place in the block, leads elsewhere, or nowhere.
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

    /// Each prefix's next hop and when it changed last since `begin`.
    package var changes: BlockChanges {
        let base = firstAt ?? .zero
        return BlockChanges(
            nextHops: nextHops, current: current.map(Int.init), base: base,
            offsets: instants.map { $0 == Self.never ? -1 : $0 - base.nanoseconds })
    }
}

/// When each prefix of a block changed last, and where it leads: arrays as long as the block.
package struct BlockChanges: Hashable, Sendable, Codable {
    package var nextHops: [IPAddress]
    /// Which of `nextHops` each prefix has; -1 for none.
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

    /// When a prefix changed last, if that led it to one of some next hops.
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

/// Changes of a block that went the same way since they were last told of: one event instead of as many as there were.
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
