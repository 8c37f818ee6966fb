// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A bridge to make: without spanning tree and multicast snooping, so that a port forwards as soon as it is up.
package struct BridgeSpecification: Hashable, Sendable {
    package var name: InterfaceName
    /// Chosen by the caller; must be free in the namespace.
    package var index: Int32
    /// Random where it is nil.
    package var macAddress: MACAddress?

    package init(name: InterfaceName, index: Int32, macAddress: MACAddress? = nil) {
        self.name = name
        self.index = index
        self.macAddress = macAddress
    }
}

/// One end of a veth to make.
package struct VethEnd: Hashable, Sendable {
    package var name: InterfaceName
    /// Chosen by the caller, free in that end's namespace; nil leaves the choice to the kernel.
    ///
    /// The kernel takes a far end's index only together with a near end's.
    package var index: Int32?
    /// Random where it is nil.
    package var macAddress: MACAddress?
    /// Octets of payload a frame carries; 1500 where it is nil.
    package var maximumTransmissionUnit: UInt32?

    package init(
        name: InterfaceName, index: Int32?, macAddress: MACAddress? = nil, maximumTransmissionUnit: UInt32? = nil
    ) {
        self.name = name
        self.index = index
        self.macAddress = macAddress
        self.maximumTransmissionUnit = maximumTransmissionUnit
    }
}
