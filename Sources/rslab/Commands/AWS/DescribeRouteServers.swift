// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import LabHost
internal import LabModel
internal import RouteServer
internal import VPC

struct DescribeRouteServers: EC2OperationCommand {
    static let operation = Operation.describeRouteServers
    static let abstract = "Route servers, with the state of persist routes."

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these.", valueName: "rs-..."))
    var routeServerIds: [String] = []
    @OptionGroup var filters: AWSFilterOptions
    @OptionGroup var pagination: AWSPaginationOptions
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let servers = try lab.routeServerDescriptions().map {
            ($0.resourceID, $0.shape(tags: lab.state.model.tags))
        }
        return try pagination.resultPage.list(
            "RouteServers", try RouteServerRefusal.ObjectKind.routeServer.select(routeServerIds, from: servers),
            of: .describeRouteServers, filters: filters)
    }
}

struct DescribeRouteServerEndpoints: EC2OperationCommand {
    static let operation = Operation.describeRouteServerEndpoints
    static let abstract = "Endpoints: where route servers speak BGP."

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these.", valueName: "rse-..."))
    var routeServerEndpointIds: [String] = []
    @OptionGroup var filters: AWSFilterOptions
    @OptionGroup var pagination: AWSPaginationOptions
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let endpoints = try lab.routeServerDescriptions().flatMap { server in
            server.endpoints.map {
                ($0.endpoint.resourceID, server.shape(of: $0, tags: lab.state.model.tags))
            }
        }
        return try pagination.resultPage.list(
            "RouteServerEndpoints",
            try RouteServerRefusal.ObjectKind.endpoint.select(routeServerEndpointIds, from: endpoints),
            of: .describeRouteServerEndpoints, filters: filters)
    }
}

struct DescribeRouteServerPeers: EC2OperationCommand {
    static let operation = Operation.describeRouteServerPeers
    static let abstract = "Peers, with the status of their BGP and BFD sessions."

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these.", valueName: "rsp-..."))
    var routeServerPeerIds: [String] = []
    @OptionGroup var filters: AWSFilterOptions
    @OptionGroup var pagination: AWSPaginationOptions
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let peers = try lab.routeServerDescriptions().flatMap { server in
            server.peers.map { ($0.peer.resourceID, server.shape(of: $0, tags: lab.state.model.tags)) }
        }
        return try pagination.resultPage.list(
            "RouteServerPeers", try RouteServerRefusal.ObjectKind.peer.select(routeServerPeerIds, from: peers),
            of: .describeRouteServerPeers, filters: filters)
    }
}

struct DescribeRouteTables: EC2OperationCommand {
    static let operation = Operation.describeRouteTables
    static let abstract = "Route tables, read from the kernel."
    static let discussion =
        "Routes that a route server propagated have the Origin Advertisement and their next hop as IpAddress."

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these.", valueName: "rtb-..."))
    var routeTableIds: [String] = []
    @OptionGroup var filters: AWSFilterOptions
    @OptionGroup var pagination: AWSPaginationOptions
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let tables = try lab.routeTableListings().map {
            ($0.table.id, $0.shape(in: lab.state.model, tags: lab.state.model.tags))
        }
        return try pagination.resultPage.list(
            "RouteTables", try RouteServerRefusal.ObjectKind.routeTable.select(routeTableIds, from: tables),
            of: .describeRouteTables, filters: filters)
    }
}

extension Lab {
    /// The VPC's route tables, read from the kernel, in the form for DescribeRouteTables.
    fileprivate func routeTableListings() throws -> [RouteTableListing] {
        let tables = Dictionary(
            state.model.routeTables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try routeTables().compactMap { current in
            tables[current.id].map { RouteTableListing(table: $0, routes: current.routes.map(listing)) }
        }
    }

    private func listing(_ route: VPCRouteTable.Route) -> RouteTableListing.Route {
        let instance = state.model.instances.first { $0.name == route.instance }
        let target: RouteTableListing.Target =
            switch route.target {
            case "local": .local
            case state.model.internetGateway?.id: .gateway(route.target)
            default: .networkInterface(route.target, instance: instance?.id)
            }
        return RouteTableListing.Route(
            destination: route.destination, target: target, origin: route.origin.rawValue,
            state: route.state.rawValue, nextHop: route.nextHop)
    }
}
