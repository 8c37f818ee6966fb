// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Route tables that another route server also writes.
extension RouteServerMachine {
    /// Notes that another route server's route to a prefix is now preferred to ours in a table; nil: none is.
    ///
    /// AWS does not document what happens if two route servers have a route to one prefix in one table. Here both are
    /// written, the preferred one is in effect, and the other takes over as soon as it is gone, without another write.
    package mutating func notePreferredRoute(
        to prefix: IPPrefix, inKernelTable table: UInt32, of routeServer: String?
    ) {
        guard let number = propagations.firstIndex(where: { $0.table.kernelTable == table }) else { return }
        propagations[number].preferredServers[prefix] = routeServer
    }
}
