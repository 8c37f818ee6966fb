// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A route of the lab's wiring; routes that a route server writes at run time use `NetlinkRoutes` instead.
package struct TopologyRoute: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case unicast
        /// Local delivery; only read, never written by us.
        case local
        case broadcast, anycast, multicast
        /// Dropped, with an ICMP error to the sender.
        case unreachable
        /// Dropped silently.
        case blackhole
        case prohibit
        /// Ends the lookup in this table: the next rule is tried.
        case `throw`
    }

    package var destination: IPPrefix
    package var gateway: IPAddress?
    /// The interface that packets leave by.
    package var index: Int32?
    /// The kernel's main table by default.
    package var table: UInt32
    package var kind: Kind
    /// The source address for the host's own packets.
    package var preferredSource: IPAddress?
    /// Among several routes to one destination the one with the lowest metric is used (RTA_PRIORITY); 0 is IPv4's usual
    /// metric.
    package var metric: UInt32

    /// The kernel's main table.
    package static let mainTable: UInt32 = 254

    package init(
        destination: IPPrefix, gateway: IPAddress? = nil, index: Int32? = nil, table: UInt32 = mainTable,
        kind: Kind = .unicast, preferredSource: IPAddress? = nil, metric: UInt32 = 0
    ) {
        self.destination = destination
        self.gateway = gateway
        self.index = index
        self.table = table
        self.kind = kind
        self.preferredSource = preferredSource
        self.metric = metric
    }
}

/// `rule iif`: packets that arrive on this interface are routed by that table.
package struct RoutingRule: Hashable, Sendable {
    package var family: AddressFamily
    /// Nil matches any interface, and the namespace's own packets.
    package var inputInterface: InterfaceName?
    /// The packet's source; nil matches any.
    package var source: IPPrefix?
    /// The packet's destination; nil matches any.
    package var destination: IPPrefix?
    package var table: UInt32
    /// Lower numbers are consulted first; the local table is 0, main 32766.
    package var priority: UInt32
    /// Routes of the table with a prefix this short or shorter are ignored (FRA_SUPPRESS_PREFIXLEN).
    ///
    /// libnl does not read it back.
    package var suppressedPrefixLength: Int?

    package init(
        family: AddressFamily, inputInterface: InterfaceName?, source: IPPrefix? = nil,
        destination: IPPrefix? = nil, table: UInt32, priority: UInt32, suppressedPrefixLength: Int? = nil
    ) {
        self.family = family
        self.inputInterface = inputInterface
        self.source = source
        self.destination = destination
        self.table = table
        self.priority = priority
        self.suppressedPrefixLength = suppressedPrefixLength
    }
}
