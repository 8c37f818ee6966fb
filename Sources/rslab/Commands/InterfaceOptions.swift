// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabModel

/// Which rules of network interfaces are not enforced.
struct InterfaceOptions: ParsableArguments {
    @Flag(help: "Let everything pass that security groups would drop.")
    var noSecurityGroups = false

    @Flag(help: "Switch the source/destination check of every network interface off.")
    var noSourceDestCheck = false

    /// Whether any of these options was given.
    var isGiven: Bool { noSecurityGroups || noSourceDestCheck }

    func apply(to options: inout LabOptions) {
        options.areSecurityGroupsOff = noSecurityGroups
        options.isSourceDestinationCheckOff = noSourceDestCheck
    }
}
