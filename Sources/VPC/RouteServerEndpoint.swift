// SPDX-License-Identifier: MIT-0

/// AWS::EC2::RouteServerEndpoint: where the route server speaks BGP in a subnet.
package struct RouteServerEndpoint: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var networkInterface: String
    /// It came while the lab ran, so its link has a number behind those of all that was there before.
    package var isLaterThanLab: Bool

    package init(logicalID: String, name: String, networkInterface: String, isLaterThanLab: Bool = false) {
        self.isLaterThanLab = isLaterThanLab
        self.logicalID = logicalID
        self.name = name
        self.networkInterface = networkInterface
    }
}
