// SPDX-License-Identifier: MIT-0

/// The operations of the EC2 API (2016-11-15) that a lab answers.
package enum Operation: String, Hashable, Sendable, CaseIterable {
    case associateRouteServer = "AssociateRouteServer"
    case createRouteServerEndpoint = "CreateRouteServerEndpoint"
    case createRouteServerPeer = "CreateRouteServerPeer"
    case deleteRouteServerEndpoint = "DeleteRouteServerEndpoint"
    case deleteRouteServerPeer = "DeleteRouteServerPeer"
    case describeRouteServerEndpoints = "DescribeRouteServerEndpoints"
    case describeRouteServerPeers = "DescribeRouteServerPeers"
    case describeRouteServers = "DescribeRouteServers"
    case describeRouteTables = "DescribeRouteTables"
    case disableRouteServerPropagation = "DisableRouteServerPropagation"
    case disassociateRouteServer = "DisassociateRouteServer"
    case enableRouteServerPropagation = "EnableRouteServerPropagation"
    case getRouteServerAssociations = "GetRouteServerAssociations"
    case getRouteServerPropagations = "GetRouteServerPropagations"
    case getRouteServerRoutingDatabase = "GetRouteServerRoutingDatabase"
    case modifyRouteServer = "ModifyRouteServer"

    /// The AWS CLI's spelling: `describe-route-servers`.
    package var commandName: String {
        rawValue.reduce(into: "") { name, letter in
            if letter.isUppercase, !name.isEmpty { name += "-" }
            name += letter.lowercased()
        }
    }

    /// Whether the AWS CLI itself requests one page after the other (botocore's paginators).
    package var isPaginated: Bool {
        switch self {
        case .describeRouteServers, .describeRouteServerEndpoints, .describeRouteServerPeers, .describeRouteTables: true
        default: false
        }
    }

    /// How many results a page may hold.
    var resultsPerPage: ClosedRange<Int> {
        self == .describeRouteTables ? 5...100 : 5...1000
    }

    /// Filter names, other than those for tags, and the members that they compare.
    ///
    /// Those of DescribeRouteTables are documented. AWS publishes none for route servers: in tests DescribeRouteServers
    /// accepted tags, DescribeRouteServerEndpoints refused `route-server-id` and `subnet-id`, and
    /// DescribeRouteServerPeers refused `route-server-id` and `route-server-endpoint-id`. That these three accept only
    /// tags is assumed, and so are the names for the routing database.
    var filters: [String: [String]] {
        switch self {
        case .describeRouteTables: Self.routeTableFilters
        case .getRouteServerRoutingDatabase: Self.routingDatabaseFilters
        default: [:]
        }
    }

    var takesTagFilters: Bool { isPaginated }

    private static let routeTableFilters: [String: [String]] = [
        "association.gateway-id": ["Associations", "GatewayId"],
        "association.main": ["Associations", "Main"],
        "association.route-table-association-id": ["Associations", "RouteTableAssociationId"],
        "association.route-table-id": ["Associations", "RouteTableId"],
        "association.subnet-id": ["Associations", "SubnetId"],
        "owner-id": ["OwnerId"],
        "route-table-id": ["RouteTableId"],
        "route.destination-cidr-block": ["Routes", "DestinationCidrBlock"],
        "route.destination-ipv6-cidr-block": ["Routes", "DestinationIpv6CidrBlock"],
        "route.destination-prefix-list-id": ["Routes", "DestinationPrefixListId"],
        "route.egress-only-internet-gateway-id": ["Routes", "EgressOnlyInternetGatewayId"],
        "route.gateway-id": ["Routes", "GatewayId"],
        "route.instance-id": ["Routes", "InstanceId"],
        "route.nat-gateway-id": ["Routes", "NatGatewayId"],
        "route.origin": ["Routes", "Origin"],
        "route.state": ["Routes", "State"],
        "route.transit-gateway-id": ["Routes", "TransitGatewayId"],
        "route.vpc-peering-connection-id": ["Routes", "VpcPeeringConnectionId"],
        "vpc-id": ["VpcId"],
    ]

    private static let routingDatabaseFilters: [String: [String]] = [
        "med": ["Med"],
        "next-hop-ip": ["NextHopIp"],
        "prefix": ["Prefix"],
        "route-server-endpoint-id": ["RouteServerEndpointId"],
        "route-server-peer-id": ["RouteServerPeerId"],
        "route-status": ["RouteStatus"],
    ]
}
