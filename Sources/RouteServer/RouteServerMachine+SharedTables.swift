// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Route tables that another route server writes, too.
extension RouteServerMachine {
    /// The route of another route server to a prefix comes before ours in a table from now on; nil: nobody's does.
    ///
    /// AWS does not say what becomes of the routes of two route servers to one prefix of one table. Here both are written, the
    /// preferred one is followed, and the other takes over as soon as it is gone, without anybody having to write it.
    package mutating func notePreferredRoute(
        to prefix: IPPrefix, inKernelTable table: UInt32, of routeServer: String?
    ) {
        guard let number = propagations.firstIndex(where: { $0.table.kernelTable == table }) else { return }
        propagations[number].preferredServers[prefix] = routeServer
    }
}
