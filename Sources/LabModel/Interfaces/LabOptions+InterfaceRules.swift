// SPDX-License-Identifier: MIT-0
package import VPC

extension LabOptions {
    package var interfaceEnforcement: InterfaceEnforcement {
        InterfaceEnforcement(
            securityGroups: !areSecurityGroupsOff, sourceDestinationCheck: !isSourceDestinationCheckOff)
    }

    /// What the rules of interfaces will not let happen in a lab with these options.
    package func interfaceOutlook(of model: VPCModel) -> InterfaceOutlook {
        InterfaceOutlook(model, interfaceEnforcement) { [self] in bfdTimers(for: $0) != nil }
    }
}
