// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS::EC2::RouteTable, or the VPC's main table, which templates do not name.
package struct RouteTable: Hashable, Sendable, Codable {
    /// The logical id of the main table.
    package static let mainLogicalID = "MainRouteTable"

    package var logicalID: String
    package var name: String
    package var isMain: Bool
    /// Static routes; the `local` route of each CIDR block of the VPC is implied.
    package var routes: [StaticRoute]

    package init(logicalID: String, name: String, isMain: Bool, routes: [StaticRoute]) {
        self.logicalID = logicalID
        self.name = name
        self.isMain = isMain
        self.routes = routes
    }
}

/// A route that a template creates (AWS::EC2::Route).
package struct StaticRoute: Hashable, Sendable, Codable {
    /// Where a packet for the destination is sent.
    package enum Target: Hashable, Sendable, Codable {
        case internetGateway(String)
        case networkInterface(String)
    }

    package var destination: IPPrefix
    package var target: Target
    /// The resource that creates it; nil if no template does.
    package var logicalID: String?

    package init(destination: IPPrefix, target: Target, logicalID: String? = nil) {
        self.destination = destination
        self.target = target
        self.logicalID = logicalID
    }
}
