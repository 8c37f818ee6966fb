// SPDX-License-Identifier: MIT-0

/// AWS::EC2::InternetGateway, attached to the VPC.
package struct InternetGateway: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    /// The route table for traffic from outside (AWS::EC2::GatewayRouteTableAssociation).
    ///
    /// Nil if only the local routes apply to it.
    package var routeTable: String?

    package init(logicalID: String, name: String, routeTable: String? = nil) {
        self.logicalID = logicalID
        self.name = name
        self.routeTable = routeTable
    }
}
