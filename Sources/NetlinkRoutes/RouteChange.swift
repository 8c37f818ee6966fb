// SPDX-License-Identifier: MIT-0
package import LinuxSystem
package import WireFormat

/// A change to one entry of a kernel routing table: install or replace it, or delete it.
package struct RouteChange: Hashable, Sendable, CustomStringConvertible {
    package var table: UInt32
    package var prefix: IPPrefix
    /// The new next hop; nil deletes the entry.
    package var nextHop: IPAddress?
    /// The interface towards the next hop; nil lets the kernel find it from the next hop's address.
    package var interfaceIndex: Int32?
    /// Among several entries for one prefix, the one with the lowest metric is used (RTA_PRIORITY).
    ///
    /// A change affects only the entry with its own metric; nil writes the kernel's default, and deletes an entry of
    /// any metric.
    package var metric: UInt32?
    /// The entry's owner (RTPROT).
    ///
    /// Deleting requires the same owner; replacing does not.
    package var protocolNumber: UInt8

    /// RTPROT_BGP.
    package static let bgp: UInt8 = 186

    package init(
        table: UInt32, prefix: IPPrefix, nextHop: IPAddress?, interfaceIndex: Int32? = nil, metric: UInt32? = nil,
        protocolNumber: UInt8 = bgp
    ) {
        self.table = table
        self.prefix = prefix
        self.nextHop = nextHop
        self.interfaceIndex = interfaceIndex
        self.metric = metric
        self.protocolNumber = protocolNumber
    }

    package var description: String {
        var text = "\(prefix)"
        if let nextHop { text += " via \(nextHop)" }
        if let interfaceIndex { text += " by link \(interfaceIndex)" }
        if let metric { text += " metric \(metric)" }
        return text + " table \(table)"
    }
}

/// The outcome of a `RouteChange`.
package enum RouteResult: Hashable, Sendable {
    case applied
    /// There was nothing to delete, so the goal is met.
    case alreadyAbsent
    case failed(SystemError)
}
