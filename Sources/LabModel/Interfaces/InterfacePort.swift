// SPDX-License-Identifier: MIT-0
package import VPC
internal import WireFormat

/// Where a network interface is plugged in, and the rules of what passes there.
package struct InterfacePort: Hashable, Sendable {
    package var rules: InterfaceRules
    /// The subnet whose bridge has the port.
    package var subnet: String
    /// The port's interface index in the subnet's namespace.
    package var index: UInt32
}

extension LabLayout {
    /// Ports at which something may be dropped; at one that is open everything passes.
    package var filteredPorts: [InterfacePort] {
        model.interfaceRules(options.interfaceEnforcement) { options.bfdTimers(for: $0) != nil }
            .filter { !$0.isOpen }
            .compactMap { rules in
                plan.cables.first { $0.far.macAddress == rules.interface.macAddress }.map { cable in
                    InterfacePort(rules: rules, subnet: cable.near.namespace, index: UInt32(cable.near.index))
                }
            }
    }
}
