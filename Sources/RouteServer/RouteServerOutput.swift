// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
package import WireFormat

/// A change to write to a VPC route table.
package struct TableChange: Hashable, Sendable {
    package var kernelTable: UInt32
    /// The VPC route table's name.
    package var table: String
    package var prefix: IPPrefix
    /// The new next hop; nil removes the route.
    package var nextHop: IPAddress?
    /// The network interface that owns `nextHop`; nil without a next hop.
    package var networkInterface: String?

    package init(
        kernelTable: UInt32, table: String, prefix: IPPrefix, nextHop: IPAddress?, networkInterface: String?
    ) {
        self.kernelTable = kernelTable
        self.table = table
        self.prefix = prefix
        self.nextHop = nextHop
        self.networkInterface = networkInterface
    }
}

/// A path in the route server's RIB.
package struct RouteServerPath: Hashable, Sendable {
    package var peer: RouteServerConfiguration.Peer
    /// The BGP identifier of the device.
    package var routerID: IPv4Address
    /// The attributes, shared with the other routes of the same UPDATE.
    package var sharedAttributes: SharedAttributes
    /// The owner of the next hop; nil if no interface in the VPC has it.
    package var owner: RouteServerConfiguration.OwnedAddress?
    package var since: Instant

    /// The attributes as received.
    package var attributes: PathAttributes { sharedAttributes.value }
}

/// A prefix has a new winner, or none.
package struct BestPathChange: Hashable, Sendable {
    package var prefix: IPPrefix
    package var winner: RouteServerPath?
    package var previous: RouteServerPath?
    /// The step of path selection that put the winner before the next best; nil without a winner.
    package var reason: SelectionReason?
    /// What triggered the change.
    package var cause: RouteCause
    /// Whether the winner is in the FIB; false without a winner, or if there is no room for it.
    package var isInFIB: Bool
    /// When the input that caused it arrived.
    package var at: Instant
}
