// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabModel

/// Which rules of network interfaces are not enforced.
struct InterfaceOptions: ParsableArguments {
    @Flag(help: "Let everything pass that security groups would drop.")
    var noSecurityGroups = false

    @Flag(help: "Switch the source/destination check of every network interface off.")
    var noSourceDestCheck = false

    /// Those of these options that were given.
    var given: [String] {
        (noSecurityGroups ? ["--no-security-groups"] : []) + (noSourceDestCheck ? ["--no-source-dest-check"] : [])
    }

    func apply(to options: inout LabOptions) {
        options.areSecurityGroupsOff = noSecurityGroups
        options.isSourceDestinationCheckOff = noSourceDestCheck
    }
}
