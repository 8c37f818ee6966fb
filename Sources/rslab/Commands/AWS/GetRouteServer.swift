// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import LabHost
internal import RouteServer

struct GetRouteServerRoutingDatabase: EC2OperationCommand {
    static let operation = Operation.getRouteServerRoutingDatabase
    static let abstract = "RIB and FIB: every path, and its outcome in each route table."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @OptionGroup var filters: AWSFilterOptions
    @OptionGroup var page: AWSPageOptions
    @Option(
        help: ArgumentHelp(
            "An option of rslab's: the elements of AsPaths, which AWS does not document. asn: one per ASN (assumed);"
                + " path: one for the whole path.", valueName: "asn|path"))
    var asPathElements = ASPathElements.asn
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let server = try lab.routeServerDescription(routeServerId)
        let endpoints = Dictionary(
            server.endpoints.map { ($0.endpoint.name, $0.endpoint.resourceID) },
            uniquingKeysWith: { first, _ in first })
        let database = try lab.routingDatabase(of: routeServerId)
        return try ResultPage(maxResults: page.maxResults, nextToken: page.nextToken).list(
            "Routes",
            database.routes.map {
                $0.shape(endpointID: endpoints[$0.endpoint] ?? $0.endpoint, asPath: asPathElements)
            },
            of: .getRouteServerRoutingDatabase, filters: filters,
            besides: [("AreRoutesPersisted", .boolean(database.areRoutesPersisted))])
    }
}

extension ASPathElements: ExpressibleByArgument {}

struct GetRouteServerAssociations: EC2OperationCommand {
    static let operation = Operation.getRouteServerAssociations
    static let abstract = "The VPC that a route server is associated with."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let server = try lab.routeServerDescription(routeServerId)
        // Not an empty list: AWS was observed to answer this way.
        guard let association = server.association else { throw RouteServerRefusal.notAssociated(routeServerId) }
        return .of(["RouteServerAssociations": [server.shape(of: association)]])
    }
}

struct GetRouteServerPropagations: EC2OperationCommand {
    static let operation = Operation.getRouteServerPropagations
    static let abstract = "The route tables that a route server writes."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("Only the one to this route table.", valueName: "rtb-..."))
    var routeTableId: String?
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let server = try lab.routeServerDescription(routeServerId)
        if let routeTableId { try lab.checkRouteTable(routeTableId) }
        let propagations = server.propagations.filter {
            routeTableId == nil || $0.table.resourceID == routeTableId
        }
        // Not an empty list: assumed, since AWS was observed to do so for associations.
        guard !propagations.isEmpty else {
            throw RouteServerRefusal.notPropagated(routeServerId, table: routeTableId ?? "any route table")
        }
        return .of(["RouteServerPropagations": .list(propagations.map { server.shape(of: $0) })])
    }
}
