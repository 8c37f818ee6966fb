// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A bridge to create: without spanning tree and multicast snooping, so that a port forwards as soon as it is up.
package struct BridgeSpecification: Hashable, Sendable {
    package var name: InterfaceName
    /// Chosen by the caller; must be unused in the namespace.
    package var index: Int32
    /// Random if nil.
    package var macAddress: MACAddress?

    package init(name: InterfaceName, index: Int32, macAddress: MACAddress? = nil) {
        self.name = name
        self.index = index
        self.macAddress = macAddress
    }
}

/// One end of a veth to create.
package struct VethEnd: Hashable, Sendable {
    package var name: InterfaceName
    /// Chosen by the caller and unused in that end's namespace; nil leaves the choice to the kernel.
    ///
    /// The kernel accepts an index for the far end only together with one for the near end.
    package var index: Int32?
    /// Random if nil.
    package var macAddress: MACAddress?
    /// Maximum payload of a frame in octets; 1500 if nil.
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
