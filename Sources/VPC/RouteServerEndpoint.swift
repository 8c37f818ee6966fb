// SPDX-License-Identifier: MIT-0

/// AWS::EC2::RouteServerEndpoint: where the route server speaks BGP in a subnet.
package struct RouteServerEndpoint: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var networkInterface: String

    package init(logicalID: String, name: String, networkInterface: String) {
        self.logicalID = logicalID
        self.name = name
        self.networkInterface = networkInterface
    }
}
