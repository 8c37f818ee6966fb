// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A link as the kernel lists it.
package struct LinkRow: Hashable, Sendable {
    package var index: Int32
    package var name: String
    /// `veth` or `bridge`; nil for the loopback and for hardware.
    package var kind: String?
    package var macAddress: MACAddress?
    package var master: Int32?
    /// Whether it is administratively up.
    package var isUp: Bool
    /// Whether it has a carrier: for a veth, whether the other end is up.
    package var hasCarrier: Bool
    package var maximumTransmissionUnit: UInt32
    package var alias: String?
    /// The index of a veth's other end, in the namespace of that end.
    package var peerIndex: Int32?

    package init(
        index: Int32, name: String, kind: String?, macAddress: MACAddress?, master: Int32?, isUp: Bool,
        hasCarrier: Bool, maximumTransmissionUnit: UInt32, alias: String?, peerIndex: Int32?
    ) {
        self.index = index
        self.name = name
        self.kind = kind
        self.macAddress = macAddress
        self.master = master
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.maximumTransmissionUnit = maximumTransmissionUnit
        self.alias = alias
        self.peerIndex = peerIndex
    }
}

/// An interface's address as the kernel lists it.
package struct AddressRow: Hashable, Sendable {
    package var index: Int32
    package var address: IPAddress
    package var prefixLength: Int
    /// 0 global, 253 link, 254 host.
    package var scope: Int32
    /// Whether duplicate address detection is in progress: the address is not usable yet.
    package var isTentative: Bool

    package init(index: Int32, address: IPAddress, prefixLength: Int, scope: Int32, isTentative: Bool) {
        self.index = index
        self.address = address
        self.prefixLength = prefixLength
        self.scope = scope
        self.isTentative = isTentative
    }
}

/// A route as the kernel lists it.
package struct RouteRow: Hashable, Sendable {
    package var route: TopologyRoute
    /// The origin (RTPROT): 2 the kernel, 4 static, 186 BGP.
    package var protocolNumber: UInt8
    /// The metric; IPv6 has 1024 where IPv4 has 0.
    package var priority: UInt32

    package init(route: TopologyRoute, protocolNumber: UInt8, priority: UInt32) {
        self.route = route
        self.protocolNumber = protocolNumber
        self.priority = priority
    }
}

/// A rule as the kernel lists it.
package struct RuleRow: Hashable, Sendable {
    package var family: AddressFamily
    package var priority: UInt32
    package var inputInterface: String?
    package var table: UInt32

    package init(family: AddressFamily, priority: UInt32, inputInterface: String?, table: UInt32) {
        self.family = family
        self.priority = priority
        self.inputInterface = inputInterface
        self.table = table
    }
}

/// A neighbour as the kernel lists it.
package struct NeighborRow: Hashable, Sendable {
    package var address: IPAddress
    package var macAddress: MACAddress?
    package var index: Int32
    package var isPermanent: Bool

    package init(address: IPAddress, macAddress: MACAddress?, index: Int32, isPermanent: Bool) {
        self.address = address
        self.macAddress = macAddress
        self.index = index
        self.isPermanent = isPermanent
    }
}
