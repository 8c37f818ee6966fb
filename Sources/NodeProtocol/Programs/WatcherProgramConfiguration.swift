// SPDX-License-Identifier: MIT-0

/// The configuration of the watcher.
package struct WatcherProgramConfiguration: Codable, Hashable, Sendable {
    package var node: String
    /// The VPC route tables' names by their kernel number.
    package var tables: [UInt32: String]
    /// The kernel tables that more than one route server writes.
    package var sharedTables: Set<UInt32>
    /// Which instance owns which address.
    package var instances: [String: String]

    package init(
        node: String, tables: [UInt32: String], sharedTables: Set<UInt32> = [], instances: [String: String]
    ) {
        self.node = node
        self.tables = tables
        self.sharedTables = sharedTables
        self.instances = instances
    }
}
