// SPDX-License-Identifier: MIT-0

/// Route tables that several route servers write, as seen by one of them.
package struct SharedRouteTables: Codable, Hashable, Sendable {
    /// The metric of this route server's own routes.
    package var metric: UInt32
    /// For each kernel table that others also write: the route servers preferred to this one, by metric.
    package var preferred: [UInt32: [UInt32: String]]

    package init(metric: UInt32, preferred: [UInt32: [UInt32: String]]) {
        self.metric = metric
        self.preferred = preferred
    }

    /// Whether no other route server is preferred to this one.
    package var isPreferredEverywhere: Bool { preferred.values.allSatisfy(\.isEmpty) }
}
