// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An entry of a kernel routing table, as the kernel reports it.
package struct KernelRoute: Hashable, Sendable {
    package var table: UInt32
    package var prefix: IPPrefix
    /// Nil for a route onto a link, for one that drops, and for one with several next hops.
    package var nextHop: IPAddress?
    package var interfaceIndex: Int32?
    /// Among several routes to one prefix, the one with the lowest metric is used.
    package var metric: UInt32
    /// The entry's owner (RTPROT): 2 the kernel, 4 static, 186 BGP.
    package var protocolNumber: UInt8
    /// RTN: 1 unicast, 2 local, 6 blackhole, 7 unreachable.
    package var type: UInt8

    package init(
        table: UInt32, prefix: IPPrefix, nextHop: IPAddress?, interfaceIndex: Int32?, metric: UInt32 = 0,
        protocolNumber: UInt8, type: UInt8
    ) {
        self.table = table
        self.prefix = prefix
        self.nextHop = nextHop
        self.interfaceIndex = interfaceIndex
        self.metric = metric
        self.protocolNumber = protocolNumber
        self.type = type
    }
}

/// What a `RouteWatcher` sees; each instant is when its read returned, and `by` the netlink port of who made the change,
/// 0 for the kernel itself.
package enum RouteEvent: Hashable, Sendable {
    /// An entry is new, or replaces the one with the same prefix and metric.
    case installed(KernelRoute, by: UInt32, at: Instant)
    case removed(KernelRoute, by: UInt32, at: Instant)
    /// The kernel dropped events because they were not read in time: dump the table to know it again.
    case overrun(at: Instant)
}
