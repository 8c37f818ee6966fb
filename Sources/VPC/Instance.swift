// SPDX-License-Identifier: MIT-0

/// AWS::EC2::Instance.
package struct Instance: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    /// In order of device index; never empty.
    ///
    /// The first is eth0.
    package var networkInterfaces: [String]
    /// What its user data does, as far as rslab understood it.
    package var boot: InstanceBoot

    package init(logicalID: String, name: String, networkInterfaces: [String], boot: InstanceBoot) {
        self.logicalID = logicalID
        self.name = name
        self.networkInterfaces = networkInterfaces
        self.boot = boot
    }
}
