// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A route of the lab's wiring; those that a route server writes at run time take another way.
package struct TopologyRoute: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case unicast
        /// Local delivery; only read, never written by us.
        case local
        case broadcast, anycast, multicast
        /// Dropped, with an ICMP error to the sender.
        case unreachable
        /// Dropped in silence.
        case blackhole
        case prohibit
        /// The rule does not match: the next table is asked.
        case `throw`
    }

    package var destination: IPPrefix
    package var gateway: IPAddress?
    /// The interface that packets leave by.
    package var index: Int32?
    /// Main where nothing else is said.
    package var table: UInt32
    package var kind: Kind
    /// The source address that the host itself uses.
    package var preferredSource: IPAddress?
    /// Of several routes to one destination the one with the lowest is followed (RTA_PRIORITY); 0 is IPv4's usual one.
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

/// "Who comes in by this interface is routed by that table": `rule iif`.
package struct InputRule: Hashable, Sendable {
    package var family: AddressFamily
    /// Nil for whatever the interface, packets of the namespace's own included.
    package var inputInterface: InterfaceName?
    /// Where the packet goes; nil for anywhere.
    package var destination: IPPrefix?
    package var table: UInt32
    /// Lower numbers are asked first; the local table is 0, main 32766.
    package var priority: UInt32
    /// Routes of the table with a prefix as short as this, or shorter, do not count (FRA_SUPPRESS_PREFIXLEN).
    ///
    /// libnl does not read it back.
    package var suppressedPrefixLength: Int?

    package init(
        family: AddressFamily, inputInterface: InterfaceName?, destination: IPPrefix? = nil, table: UInt32,
        priority: UInt32, suppressedPrefixLength: Int? = nil
    ) {
        self.family = family
        self.inputInterface = inputInterface
        self.destination = destination
        self.table = table
        self.priority = priority
        self.suppressedPrefixLength = suppressedPrefixLength
    }
}
