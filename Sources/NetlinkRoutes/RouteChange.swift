// SPDX-License-Identifier: MIT-0
package import LinuxSystem
package import WireFormat

/// One entry of a kernel routing table to write: install or replace it, or take it away.
package struct RouteChange: Hashable, Sendable, CustomStringConvertible {
    package var table: UInt32
    package var prefix: IPPrefix
    /// Where the prefix is reached from now on; nil deletes the entry.
    package var nextHop: IPAddress?
    /// The interface towards the next hop; nil lets the kernel find it by the next hop's address.
    package var interfaceIndex: Int32?
    /// Which of several entries for one prefix is followed: the one with the lowest (RTA_PRIORITY).
    ///
    /// A change concerns the entry with its own metric alone; nil writes the kernel's usual one, and deletes whichever there is.
    package var metric: UInt32?
    /// Who the entry belongs to (RTPROT).
    ///
    /// Only an entry of the same owner is deleted; replacing asks nobody.
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

/// What became of a `RouteChange`.
package enum RouteResult: Hashable, Sendable {
    case applied
    /// There was nothing to delete, which is what was wanted.
    case alreadyAbsent
    case failed(SystemError)
}
