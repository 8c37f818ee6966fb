// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// Blocks, subnets, gateways and tables.
extension ModelBuilder {
    func cidrBlocks(of vpc: Resource) -> [IPPrefix] {
        var blocks: [IPPrefix] = []
        if let block = block("CidrBlock", of: vpc) { blocks.append(block) }
        for addition in resources(ofType: "VPCCidrBlock") {
            guard target("VpcId", of: addition, types: ["VPC"]) != nil else { continue }
            if let block = block("CidrBlock", of: addition) { blocks.append(block) }
            if let block = ipv6Block(of: addition) { blocks.append(block) }
        }
        return blocks
    }

    /// The IPv6 block that an AWS::EC2::VPCCidrBlock adds to its VPC: the one it names, or one that is chosen.
    func ipv6Block(of addition: Resource) -> IPPrefix? {
        if let block = block("Ipv6CidrBlock", of: addition) { return block }
        let pool = ["Ipv6IpamPoolId", "Ipv6Pool"].contains { addition.property($0) != nil }
        guard pool || flag("AmazonProvidedIpv6CidrBlock", of: addition) == true else { return nil }
        return Self.providedIPv6Block(logicalID: addition.logicalID)
    }

    /// The /56 that represents one of Amazon's.
    ///
    /// It is from the documentation block 2001:db8::/32 (RFC 3849), and the same for the same logical id.
    ///
    /// Its last group has four digits, as expected by templates that cut `00::/56` off its text.
    static func providedIPv6Block(logicalID: String) -> IPPrefix {
        let digits = ResourceKind.vpc.id(of: "ipv6/\(logicalID)").suffix(6)
        let bits = UInt64(digits, radix: 16) ?? 0
        return IPPrefix(masking: .v6(IPv6Address(high: 0x2001_0DB8 << 32 | (bits | 0x10) << 8, low: 0)), length: 56)
    }

    func subnets() -> [Subnet] {
        let tables = subnetTables()
        return resources(ofType: "Subnet").compactMap { resource in
            _ = target("VpcId", of: resource, types: ["VPC"])
            let name = giveName(to: resource)
            guard let block = block("CidrBlock", of: resource) else { return nil }
            guard block.family == .ipv4, let router = AddressChoice(block).routerAddress else {
                log.error(
                    value("CidrBlock", of: resource)?.position ?? resource.position,
                    "CidrBlock must be an IPv4 block of /16 to /28, not \(block)")
                markIncomplete()
                return nil
            }
            return Subnet(
                logicalID: resource.logicalID, name: name, cidrBlock: block,
                ipv6CIDRBlock: self.block("Ipv6CidrBlock", of: resource),
                availabilityZone: availabilityZone(of: resource) ?? "\(Evaluator.region)a",
                routeTable: tables[resource.logicalID] ?? mainTableID, routerAddress: router,
                assignsIPv6AddressOnCreation: flag("AssignIpv6AddressOnCreation", of: resource) ?? false)
        }
    }

    func availabilityZone(of subnet: Resource) -> String? {
        text("AvailabilityZone", of: subnet) ?? text("AvailabilityZoneId", of: subnet)
    }

    /// The route table of each subnet that has an association.
    private func subnetTables() -> [String: String] {
        var tables: [String: String] = [:]
        for association in resources(ofType: "SubnetRouteTableAssociation") {
            guard let subnet = target("SubnetId", of: association, types: ["Subnet"]),
                let table = target("RouteTableId", of: association, types: ["RouteTable"])
            else { continue }
            if let other = tables[subnet] {
                log.error(
                    association.position,
                    "\(subnet) is associated with \(other) already, and a subnet has one route table")
            }
            tables[subnet] = table
        }
        return tables
    }

    /// The logical id of the main table; a different one if the template uses the name itself.
    var mainTableID: String {
        resource(named: RouteTable.mainLogicalID) == nil ? RouteTable.mainLogicalID : "VPC.\(RouteTable.mainLogicalID)"
    }

    // MARK: Internet gateway

    /// Logical ids of the gateways attached to the VPC.
    private var attachedGateways: [String] {
        resources(ofType: "VPCGatewayAttachment").compactMap { attachment in
            _ = target("VpcId", of: attachment, types: ["VPC"])
            if attachment.property("InternetGatewayId") == nil, attachment.property("VpnGatewayId") == nil {
                log.error(
                    attachment.position, "\(attachment.logicalID) needs InternetGatewayId or VpnGatewayId")
            }
            return target("InternetGatewayId", of: attachment, types: ["InternetGateway"])
        }
    }

    func internetGateway() -> InternetGateway? {
        let attached = attachedGateways
        for resource in resources(ofType: "InternetGateway") where !attached.contains(resource.logicalID) {
            log.warning(
                resource.position,
                "\(resource.logicalID) is not attached to the VPC (AWS::EC2::VPCGatewayAttachment) and is left out")
        }
        guard let name = attached.first, let resource = resource(named: name) else { return nil }
        for other in attached.dropFirst() {
            log.error(
                self.resource(named: other)?.position ?? .start,
                "\(other) is attached beside \(name), and a VPC has one internet gateway")
        }
        return InternetGateway(logicalID: name, name: giveName(to: resource), routeTable: gatewayTable(of: name))
    }

    private func gatewayTable(of gateway: String) -> String? {
        for association in resources(ofType: "GatewayRouteTableAssociation") {
            let owner = target("GatewayId", of: association, types: ["InternetGateway"])
            let table = target("RouteTableId", of: association, types: ["RouteTable"])
            if owner == gateway, let table { return table }
        }
        return nil
    }

    /// Whether a route belongs to a table that is associated with an internet gateway.
    private func isOfGateway(_ route: Resource) -> Bool {
        let table = target("RouteTableId", of: route, types: ["RouteTable"])
        return resources(ofType: "GatewayRouteTableAssociation").contains { association in
            target("RouteTableId", of: association, types: ["RouteTable"]) == table
        }
    }

    // MARK: Tables

    func routeTables(_ plan: InterfacePlan) -> [RouteTable] {
        var routes: [String: [StaticRoute]] = [:]
        let attached = Set(attachedGateways)
        for resource in resources(ofType: "Route") {
            guard let table = target("RouteTableId", of: resource, types: ["RouteTable"]),
                let route = staticRoute(resource, attached: attached, plan)
            else { continue }
            routes[table, default: []].append(route)
        }
        let main = RouteTable(
            logicalID: mainTableID, name: names.give("main", fallback: "main"), isMain: true, routes: [])
        let tables = resources(ofType: "RouteTable").map { resource in
            _ = target("VpcId", of: resource, types: ["VPC"])
            return RouteTable(
                logicalID: resource.logicalID, name: giveName(to: resource), isMain: false,
                routes: routes[resource.logicalID] ?? [])
        }
        return [main] + tables
    }

    private static let destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"]
    private static let builtTargets = ["GatewayId", "InstanceId", "NetworkInterfaceId"]
    /// AWS targets that a lab does not have, in words.
    private static let unbuiltTargets = [
        "CarrierGatewayId": "a carrier gateway", "CoreNetworkArn": "a core network",
        "EgressOnlyInternetGatewayId": "an egress-only internet gateway", "LocalGatewayId": "a local gateway",
        "NatGatewayId": "a NAT gateway", "TransitGatewayId": "a transit gateway", "VpcEndpointId": "a VPC endpoint",
        "VpcPeeringConnectionId": "a VPC peering connection",
    ]

    private func staticRoute(_ resource: Resource, attached: Set<String>, _ plan: InterfacePlan) -> StaticRoute? {
        let destinations = Self.destinations.filter { resource.property($0) != nil }
        guard destinations.count == 1, let destinationName = destinations.first else {
            log.error(
                resource.position,
                "\(resource.logicalID) needs one destination and has \(destinations.count) of "
                    + Self.destinations.joined(separator: ", ")
            )
            return nil
        }
        let targets = (Self.builtTargets + Self.unbuiltTargets.keys.sorted()).filter { resource.property($0) != nil }
        guard targets.count == 1, let targetName = targets.first else {
            log.error(
                resource.position,
                targets.isEmpty
                    ? "\(resource.logicalID) needs a target, such as GatewayId or NetworkInterfaceId"
                    : "\(resource.logicalID) has more than one target: \(targets.joined(separator: ", "))")
            return nil
        }
        if let words = Self.unbuiltTargets[targetName], targetName != "VpcEndpointId", isOfGateway(resource) {
            log.error(
                value(targetName, of: resource)?.position ?? resource.position,
                "\(resource.logicalID) leads to \(words), and a gateway's routes lead to a network interface or a "
                    + "Gateway Load Balancer endpoint")
            return nil
        }
        if let words = Self.unbuiltTargets[targetName] {
            log.warning(
                resource.position, "\(resource.logicalID) leads to \(words), which rslab does not build; it is left out"
            )
            return nil
        }
        guard destinationName != "DestinationPrefixListId" else {
            log.warning(
                resource.position, "\(resource.logicalID) has a prefix list as destination; it is left out")
            return nil
        }
        guard let destination = block(destinationName, of: resource),
            let target = routeTarget(targetName, of: resource, attached: attached, plan)
        else { return nil }
        guard destination.family == .ipv4 || hasIPv6Subnet else {
            log.warning(
                resource.position,
                "\(resource.logicalID) leads to \(destination), and no subnet has an Ipv6CidrBlock; it is left out")
            return nil
        }
        return StaticRoute(destination: destination, target: target, logicalID: resource.logicalID)
    }

    private var hasIPv6Subnet: Bool {
        resources(ofType: "Subnet").contains { block("Ipv6CidrBlock", of: $0) != nil }
    }

    private func routeTarget(
        _ name: String, of resource: Resource, attached: Set<String>, _ plan: InterfacePlan
    ) -> StaticRoute.Target? {
        switch name {
        case "NetworkInterfaceId":
            guard let value = value(name, of: resource) else { return nil }
            return interface(of: value, name: name, plan).map { .networkInterface($0) }
        case "InstanceId":
            guard let instance = target(name, of: resource, types: ["Instance"]) else { return nil }
            return plan.attachments[instance]?.first.map { .networkInterface($0) }
        default:
            if let id = text(name, of: resource), owners[id]?.type == "AWS::EC2::VPNGateway" {
                log.warning(
                    resource.position,
                    "\(resource.logicalID) leads to a virtual private gateway, which rslab does not build; it is left out"
                )
                return nil
            }
            guard let gateway = target(name, of: resource, types: ["InternetGateway"]) else { return nil }
            guard attached.contains(gateway) else {
                log.error(
                    value(name, of: resource)?.position ?? resource.position,
                    "\(gateway) is not attached to the VPC (AWS::EC2::VPCGatewayAttachment)")
                return nil
            }
            return .internetGateway(gateway)
        }
    }
}
