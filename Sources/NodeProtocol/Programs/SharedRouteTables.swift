// SPDX-License-Identifier: MIT-0

/// Route tables that several route servers write, as one of them sees them.
package struct SharedRouteTables: Codable, Hashable, Sendable {
    /// The metric of this route server's own routes.
    package var metric: UInt32
    /// The kernel's tables that another one writes, too, and whose route comes first there, by metric.
    package var preferred: [UInt32: [UInt32: String]]

    package init(metric: UInt32, preferred: [UInt32: [UInt32: String]]) {
        self.metric = metric
        self.preferred = preferred
    }

    /// Whether anybody's routes come before this route server's.
    package var isPreferredEverywhere: Bool { preferred.values.allSatisfy(\.isEmpty) }
}
