// SPDX-License-Identifier: MIT-0
package import Measurement

// Queries to programs that see a block of prefixes change: the route server and the watcher.

/// Report a block's prefixes together, no longer one by one.
package struct ObserveBlock: NodeQuery {
    package typealias Answer = Done

    /// Nil: report each prefix again.
    package var block: PrefixBlock?

    package init(_ block: PrefixBlock?) {
        self.block = block
    }

    package var request: NodeRequest { .program(.observeBlock(self)) }
}

/// Forget when the block's prefixes changed.
package struct BeginBlock: NodeQuery {
    package typealias Answer = Done

    package init() {}

    package var request: NodeRequest { .program(.beginBlock(self)) }
}

/// Report on the block.
package struct ReportBlock: NodeQuery {
    package typealias Answer = BlockReport

    package init() {}

    package var request: NodeRequest { .program(.reportBlock(self)) }
}

/// Watcher: when each of the block's prefixes changed in a VPC route table.
package struct ListBlockChanges: NodeQuery {
    package typealias Answer = BlockChanges

    /// The route table's name.
    package var table: String

    package init(in table: String) {
        self.table = table
    }

    package var request: NodeRequest { .program(.listBlockChanges(self)) }
}
