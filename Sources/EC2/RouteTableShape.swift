// SPDX-License-Identifier: MIT-0
package import VPC
package import WireFormat

/// A VPC route table as DescribeRouteTables describes it.
package struct RouteTableListing: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case local
        /// An internet gateway.
        case gateway(String)
        /// With the instance that it is attached to; nil if there is none.
        case networkInterface(String, instance: String?)
    }

    package struct Route: Hashable, Sendable {
        package var destination: IPPrefix
        package var target: Target
        /// `CreateRouteTable`, `CreateRoute` or `Advertisement`.
        package var origin: String
        /// `active` or `blackhole`.
        package var state: String
        /// The BGP next hop of a route that a route server propagated.
        package var nextHop: IPAddress?

        package init(
            destination: IPPrefix, target: Target, origin: String, state: String, nextHop: IPAddress? = nil
        ) {
            self.destination = destination
            self.target = target
            self.origin = origin
            self.state = state
            self.nextHop = nextHop
        }
    }

    package var table: RouteTable
    package var routes: [Route]

    package init(table: RouteTable, routes: [Route]) {
        self.table = table
        self.routes = routes
    }

    /// RouteTable.
    package func shape(in model: VPCModel, tags: TagsByID) -> ShapeValue {
        .of([
            "Associations": .list(associations(in: model)),
            "PropagatingVgws": [],
            "RouteTableId": .string(table.id),
            "Routes": .list(routes.map { $0.shape }),
            "Tags": .tags(tags[table.id]),
            "VpcId": .string(model.id),
            "OwnerId": .string(VPCModel.accountID),
        ])
    }

    /// The association of the main table, or those that a template makes: a subnet without one is not listed.
    private func associations(in model: VPCModel) -> [ShapeValue] {
        if table.isMain { return [association(of: "main")] }
        let subnets = model.subnets.filter { $0.routeTable == table.logicalID }
            .map { association(of: $0.logicalID, subnet: $0.id) }
        guard let gateway = model.internetGateway, gateway.routeTable == table.logicalID else { return subnets }
        return subnets + [association(of: gateway.logicalID, gateway: gateway.id)]
    }

    /// RouteTableAssociation.
    private func association(of object: String, subnet: String? = nil, gateway: String? = nil) -> ShapeValue {
        .of([
            "Main": .boolean(table.isMain),
            "RouteTableAssociationId": .string(
                ResourceKind.routeTableAssociation.id(of: "\(table.logicalID)/\(object)")),
            "RouteTableId": .string(table.id),
            "SubnetId": subnet.map { .string($0) },
            "GatewayId": gateway.map { .string($0) },
            "AssociationState": .of(["State": "associated"]),
        ])
    }
}

extension RouteTableListing.Route {
    /// Route.
    fileprivate var shape: ShapeValue {
        let isIPv4 = destination.family == .ipv4
        let (gateway, interface, instance): (String?, String?, String?) =
            switch target {
            case .local: ("local", nil, nil)
            case .gateway(let id): (id, nil, nil)
            case .networkInterface(let id, let instance): (nil, id, instance)
            }
        return .of([
            "DestinationCidrBlock": isIPv4 ? .string("\(destination)") : nil,
            "DestinationIpv6CidrBlock": isIPv4 ? nil : .string("\(destination)"),
            "GatewayId": gateway.map { .string($0) },
            "InstanceId": instance.map { .string($0) },
            "InstanceOwnerId": instance.map { _ in .string(VPCModel.accountID) },
            "NetworkInterfaceId": interface.map { .string($0) },
            "Origin": .string(origin),
            "State": .string(state),
            "IpAddress": nextHop.map { .string("\($0)") },
        ])
    }
}
