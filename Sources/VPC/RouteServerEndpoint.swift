// SPDX-License-Identifier: MIT-0

/// AWS::EC2::RouteServerEndpoint: where the route server speaks BGP in a subnet.
package struct RouteServerEndpoint: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var networkInterface: String
    /// Whether it was created on the running lab; its link's number then follows those of everything that existed
    /// before.
    package var isLaterThanLab: Bool

    package init(logicalID: String, name: String, networkInterface: String, isLaterThanLab: Bool = false) {
        self.isLaterThanLab = isLaterThanLab
        self.logicalID = logicalID
        self.name = name
        self.networkInterface = networkInterface
    }
}
