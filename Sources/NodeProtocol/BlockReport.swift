// SPDX-License-Identifier: MIT-0
package import Measurement
package import WireFormat

/// A node's view of a block of prefixes, in a few numbers for each VPC route table.
package struct BlockReport: Codable, Hashable, Sendable {
    package struct Table: Codable, Hashable, Sendable {
        /// The VPC route table's name.
        package var name: String
        package var nextHops: [IPAddress]
        /// How many prefixes lead to each of them.
        package var counts: [Int]
        /// The number of changes since the block was last reset, and when they happened.
        package var changeCount: Int
        package var firstAt: Instant?
        package var lastAt: Instant?

        package init(_ name: String, _ ledger: BlockLedger) {
            self.name = name
            nextHops = ledger.nextHops
            counts = ledger.counts
            changeCount = ledger.changeCount
            firstAt = ledger.firstAt
            lastAt = ledger.lastAt
        }
    }

    package var tables: [Table]
    /// Route server: when it began to write the first of the changes.
    package var writingBegan: Instant?
    /// Watcher: how often the kernel dropped events because too many came at once.
    package var overrunCount: Int

    package init(tables: [Table], writingBegan: Instant?, overrunCount: Int) {
        self.tables = tables
        self.writingBegan = writingBegan
        self.overrunCount = overrunCount
    }
}
