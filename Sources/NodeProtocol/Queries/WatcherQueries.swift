// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Watcher: the routes to some prefixes that are in effect in the VPC's route tables now.
///
/// It is answered after every change that the kernel reported before, so what is in the answer has been seen.
package struct ListTableRoutes: NodeQuery {
    package struct Route: Codable, Hashable, Sendable {
        /// The route table's name.
        package var table: String
        package var prefix: IPPrefix
        /// The instance that owns the next hop.
        package var instance: String?

        package init(table: String, prefix: IPPrefix, instance: String?) {
            self.table = table
            self.prefix = prefix
            self.instance = instance
        }
    }

    package typealias Answer = [Route]

    package var prefixes: Set<IPPrefix>

    package init(to prefixes: some Sequence<IPPrefix>) {
        self.prefixes = Set(prefixes)
    }

    package var request: NodeRequest { .program(.listTableRoutes(self)) }
}
