// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import FoundationEssentials
internal import LabHost
internal import LabModel
internal import NodeProtocol
internal import RouteServer
internal import VPC
internal import WireFormat

struct ModifyRouteServer: EC2OperationCommand {
    static let operation = Operation.modifyRouteServer
    static let abstract = "Set persist routes on, off or reset, its duration, and the notification flag."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("enable, disable, or reset: give persisted routes up now.", valueName: "ACTION"))
    var persistRoutes: String?
    @Option(
        help: ArgumentHelp(
            "Minutes, 1 to 5, from the first session's return until persisted routes are given up.",
            valueName: "MINUTES"))
    var persistRoutesDuration: Int?
    @Flag(inversion: .prefixedNo, help: "Stored and reported; a lab sends no notifications.")
    var snsNotificationsEnabled: Bool?
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        _ = try lab.routeServerDescription(routeServerId)
        var action: PersistRoutes.Action?
        if let persistRoutes {
            action = PersistRoutes.Action(rawValue: persistRoutes)
            guard action != nil else {
                throw ServiceError(
                    "InvalidParameterValue", "Value (\(persistRoutes)) for parameter persistRoutes is invalid.")
            }
        }
        let server = try lab.modifyRouteServer(
            routeServerId,
            .init(
                persistRoutes: action, durationMinutes: persistRoutesDuration,
                isNotifyingSNS: snsNotificationsEnabled))
        return .of(["RouteServer": server.shape(tags: lab.state.model.tags)])
    }
}

// MARK: Peers

struct CreateRouteServerPeer: EC2OperationCommand {
    static let operation = Operation.createRouteServerPeer
    static let abstract = "Let an endpoint wait for another device, which must dial itself."

    @Option(help: ArgumentHelp("The endpoint.", valueName: "rse-..."))
    var routeServerEndpointId: String
    @Option(help: ArgumentHelp("The device's IPv4 address.", valueName: "ADDRESS"))
    var peerAddress: String
    @Option(
        help: ArgumentHelp(
            "ASN, and bgp-keepalive (the default) or bfd.", valueName: "PeerAsn=ASN,PeerLivenessDetection=MODE"))
    var bgpOptions: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let bgp = try BGPOptions(bgpOptions)
        guard let address = IPAddress(peerAddress) else {
            throw ServiceError(
                "InvalidParameterValue", "Value (\(peerAddress)) for parameter peerAddress is invalid.")
        }
        guard let asn = UInt32(exactly: bgp.PeerAsn) else {
            throw ServiceError("InvalidParameterValue", "Value (\(bgp.PeerAsn)) for parameter peerAsn is invalid.")
        }
        let mode = bgp.PeerLivenessDetection ?? RouteServerPeer.LivenessDetection.bgpKeepalive.rawValue
        guard let liveness = RouteServerPeer.LivenessDetection(rawValue: mode) else {
            throw ServiceError(
                "InvalidParameterValue", "Value (\(mode)) for parameter peerLivenessDetection is invalid.")
        }
        try lab.checkEndpoint(routeServerEndpointId)
        let created = try lab.createPeer(
            atEndpoint: routeServerEndpointId, address: address, asn: asn, livenessDetection: liveness)
        return .of(["RouteServerPeer": created.routeServer.shape(of: created.peer, tags: nil)])
    }
}

/// The value of `--bgp-options`, in the AWS CLI's shorthand or in JSON.
private struct BGPOptions: Decodable {
    var PeerAsn: Int
    var PeerLivenessDetection: String?

    init(_ text: String) throws(RequestError) {
        if text.hasPrefix("{") {
            do {
                self = try JSONDecoder().decode(BGPOptions.self, from: Data(text.utf8))
                return
            } catch {
                throw RequestError("Error parsing parameter '--bgp-options': Invalid JSON: \(text)")
            }
        }
        let structure = try ShorthandSyntax(text, option: "--bgp-options")
        try structure.check(members: ["PeerAsn", "PeerLivenessDetection"], of: "BgpOptions")
        guard let asn = structure["PeerAsn"]?.first else {
            throw RequestError(
                "Parameter validation failed:\nMissing required parameter in BgpOptions: \"PeerAsn\"")
        }
        guard let number = Int(asn) else {
            throw RequestError("invalid literal for int() with base 10: '\(asn)'")
        }
        PeerAsn = number
        PeerLivenessDetection = structure["PeerLivenessDetection"]?.first
    }
}

struct DeleteRouteServerPeer: EC2OperationCommand {
    static let operation = Operation.deleteRouteServerPeer
    static let abstract = "End a peer's session with Cease / Peer De-configured, and stop waiting for its device."

    @Option(help: ArgumentHelp("The peer.", valueName: "rsp-..."))
    var routeServerPeerId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        guard
            try lab.routeServerDescriptions().flatMap(\.peers)
                .contains(where: { $0.peer.resourceID == routeServerPeerId })
        else { throw RouteServerRefusal.notFound(.peer, routeServerPeerId) }
        let deleted = try lab.deletePeer(routeServerPeerId)
        return .of(["RouteServerPeer": deleted.routeServer.shape(of: deleted.peer, tags: lab.state.model.tags)])
    }
}

// MARK: Endpoints

struct CreateRouteServerEndpoint: EC2OperationCommand {
    static let operation = Operation.createRouteServerEndpoint
    static let abstract = "Create an endpoint in a subnet, at its lowest free address, and let it listen."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("The subnet.", valueName: "subnet-..."))
    var subnetId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        let server = try lab.routeServerDescription(routeServerId)
        guard lab.state.model.subnets.contains(where: { $0.id == subnetId }) else {
            throw RouteServerRefusal.notFound(.subnet, subnetId)
        }
        let created = try lab.createEndpoint(of: server.resourceID, inSubnet: subnetId)
        return .of(["RouteServerEndpoint": created.routeServer.shape(of: created.endpoint, tags: nil)])
    }
}

struct DeleteRouteServerEndpoint: EC2OperationCommand {
    static let operation = Operation.deleteRouteServerEndpoint
    static let abstract = "Delete an endpoint; its peers must be deleted first."

    @Option(help: ArgumentHelp("The endpoint.", valueName: "rse-..."))
    var routeServerEndpointId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        try lab.checkEndpoint(routeServerEndpointId)
        let deleted = try lab.deleteEndpoint(routeServerEndpointId)
        return .of([
            "RouteServerEndpoint": deleted.routeServer.shape(of: deleted.endpoint, tags: lab.state.model.tags)
        ])
    }
}

// MARK: Propagation and association

struct EnableRouteServerPropagation: EC2OperationCommand {
    static let operation = Operation.enableRouteServerPropagation
    static let abstract = "Write the FIB to a route table from now on."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("The route table.", valueName: "rtb-..."))
    var routeTableId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        _ = try lab.routeServerDescription(routeServerId)
        try lab.checkRouteTable(routeTableId)
        let enabled = try lab.enablePropagation(of: routeServerId, toTable: routeTableId)
        return .of(["RouteServerPropagation": enabled.routeServer.shape(of: enabled.propagation)])
    }
}

struct DisableRouteServerPropagation: EC2OperationCommand {
    static let operation = Operation.disableRouteServerPropagation
    static let abstract = "Remove a route server's routes from a route table, and write no more."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("The route table.", valueName: "rtb-..."))
    var routeTableId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        _ = try lab.routeServerDescription(routeServerId)
        try lab.checkRouteTable(routeTableId)
        let disabled = try lab.disablePropagation(of: routeServerId, toTable: routeTableId)
        return .of(["RouteServerPropagation": disabled.routeServer.shape(of: disabled.propagation)])
    }
}

struct AssociateRouteServer: EC2OperationCommand {
    static let operation = Operation.associateRouteServer
    static let abstract = "Associate a route server with the VPC again."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("The VPC.", valueName: "vpc-..."))
    var vpcId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        _ = try lab.routeServerDescription(routeServerId)
        try lab.checkVPC(vpcId)
        let server = try lab.associate(routeServerId, withVPC: vpcId)
        return .of(["RouteServerAssociation": server.shape(of: server.association ?? .associating)])
    }
}

struct DisassociateRouteServer: EC2OperationCommand {
    static let operation = Operation.disassociateRouteServer
    static let abstract = "Disassociate a route server from the VPC; delete endpoints and propagations first."

    @Option(help: ArgumentHelp("The route server.", valueName: "rs-..."))
    var routeServerId: String
    @Option(help: ArgumentHelp("The VPC.", valueName: "vpc-..."))
    var vpcId: String
    @OptionGroup var options: AWSOptions

    func answer(of lab: Lab) throws -> ShapeValue {
        _ = try lab.routeServerDescription(routeServerId)
        try lab.checkVPC(vpcId)
        let server = try lab.disassociate(routeServerId, fromVPC: vpcId)
        return .of(["RouteServerAssociation": server.shape(of: server.association ?? .disassociating)])
    }
}
