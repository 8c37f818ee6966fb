// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// The values of Ref and GetAtt for the resources that are built.
extension ModelBuilder {
    /// The id of a resource, by which references find it.
    func id(of resource: Resource) -> String {
        kind(of: resource)?.id(of: resource.logicalID) ?? resource.logicalID
    }

    /// The value of Ref: the id for most types, the address for an EIP.
    func reference(to resource: Resource) -> String {
        resource.type == "AWS::EC2::EIP" ? "\(publicAddress(of: resource))" : id(of: resource)
    }

    private func kind(of resource: Resource) -> ResourceKind? {
        switch resource.type {
        case "AWS::EC2::VPC": .vpc
        case "AWS::EC2::Subnet": .subnet
        case "AWS::EC2::InternetGateway": .internetGateway
        case "AWS::EC2::RouteTable": .routeTable
        case "AWS::EC2::NetworkInterface": .networkInterface
        case "AWS::EC2::Instance": .instance
        case "AWS::EC2::RouteServer": .routeServer
        case "AWS::EC2::RouteServerEndpoint": .routeServerEndpoint
        case "AWS::EC2::RouteServerPeer": .routeServerPeer
        case "AWS::EC2::SecurityGroup": .securityGroup
        case "AWS::EC2::EIP": .elasticIPAllocation
        default: nil
        }
    }

    func attribute(_ name: String, of resource: Resource, at position: SourcePosition) -> Value? {
        let text: String?
        switch (resource.type, name) {
        case ("AWS::EC2::VPC", "VpcId"), ("AWS::EC2::Subnet", "SubnetId"), (_, "Id"), (_, "GroupId"),
            (_, "InstanceId"), (_, "RouteTableId"), (_, "InternetGatewayId"), (_, "AllocationId"),
            (_, "AttachmentId"), (_, "AssociationId"):
            text = id(of: resource)
        case (_, "VpcId"):
            text = resources(ofType: "VPC").first.map { id(of: $0) }
        case (_, "Arn"):
            text = arn(of: resource)
        case ("AWS::EC2::VPC", "DefaultSecurityGroup"):
            let id = ResourceKind.securityGroup.id(of: Self.defaultSecurityGroup)
            register(id: id, type: "AWS::EC2::SecurityGroup", logicalID: Self.defaultSecurityGroup)
            text = id
        case (_, "CidrBlock"):
            text = block("CidrBlock", of: resource).map { "\($0)" }
        case ("AWS::EC2::VPC", "Ipv6CidrBlocks"):
            let blocks = resources(ofType: "VPCCidrBlock").compactMap { ipv6Block(of: $0) }
            return Value(.list(blocks.map { Value(text: "\($0)", at: position) }), at: position)
        case (_, "Ipv6CidrBlocks"):
            let blocks = [block("Ipv6CidrBlock", of: resource)].compactMap(\.self)
            return Value(.list(blocks.map { Value(text: "\($0)", at: position) }), at: position)
        case (_, "CidrBlockAssociations"):
            return Value(.list([]), at: position)
        case ("AWS::EC2::Subnet", "AvailabilityZone"), ("AWS::EC2::Subnet", "AvailabilityZoneId"):
            text = availabilityZone(of: resource) ?? "\(Evaluator.region)a"
        case ("AWS::EC2::EIP", "PublicIp"):
            text = "\(publicAddress(of: resource))"
        case ("AWS::EC2::RouteServerPeer", _):
            return peerAttribute(name, of: resource, at: position)
        default:
            return interfaceAttribute(name, of: resource, at: position)
        }
        return text.map { Value(text: $0, at: position) }
    }

    private func peerAttribute(_ name: String, of resource: Resource, at position: SourcePosition) -> Value? {
        guard let endpoint = target("RouteServerEndpointId", of: resource, types: ["RouteServerEndpoint"]),
            let owner = self.resource(named: endpoint)
        else { return nil }
        switch name {
        case "EndpointEniId": return attribute("EniId", of: owner, at: position)
        case "EndpointEniAddress": return attribute("EniAddress", of: owner, at: position)
        default: return text(name, of: owner).map { Value(text: $0, at: position) }
        }
    }

    /// Attributes taken from an interface, most of them addresses.
    private func interfaceAttribute(_ name: String, of resource: Resource, at position: SourcePosition) -> Value? {
        if name == "EniId" {
            let id = ResourceKind.networkInterface.id(of: InterfacePlan.endpointInterface(resource.logicalID))
            return Value(text: id, at: position)
        }
        let addresses = [
            "EniAddress", "PrimaryIpv6Address", "PrivateIp", "PrimaryPrivateIpAddress", "SecondaryPrivateIpAddresses",
        ]
        let needsPlan = addresses + ["AvailabilityZone", "PrivateDnsName", "PublicDnsName"]
        guard needsPlan.contains(name) else { return Value(text: otherText(name, of: resource), at: position) }
        guard !isPlanningInterfaces else {
            log.error(
                position, "\(resource.logicalID).\(name) is needed here before the addresses of interfaces are chosen")
            markIncomplete()
            return nil
        }
        let plan = plannedInterfaces()
        let interfaceID =
            switch resource.type {
            case "AWS::EC2::RouteServerEndpoint": InterfacePlan.endpointInterface(resource.logicalID)
            case "AWS::EC2::Instance": plan.attachments[resource.logicalID]?.first ?? ""
            default: resource.logicalID
            }
        // Without it the interface itself is invalid, which is in the log.
        guard let interface = plan[interfaceID], let address = interface.address else { return nil }
        switch name {
        case "SecondaryPrivateIpAddresses":
            return Value(.list(interface.secondaryAddresses.map { Value(text: "\($0)", at: position) }), at: position)
        case "PrimaryIpv6Address":
            return interface.ipv6Addresses.first.map { Value(text: "\($0)", at: position) }
        case "AvailabilityZone":
            let zone = self.resource(named: interface.subnet).flatMap { availabilityZone(of: $0) }
            return Value(text: zone ?? "\(Evaluator.region)a", at: position)
        case "PrivateDnsName":
            let host = "\(address)".split(separator: ".").joined(separator: "-")
            return Value(text: "ip-\(host).ec2.internal", at: position)
        case "PublicDnsName":
            return Value(text: "", at: position)
        default:
            return Value(text: "\(address)", at: position)
        }
    }

    private func otherText(_ name: String, of resource: Resource) -> String {
        switch name {
        case "PublicIp": "\(publicAddress(of: resource))"
        case "State.Name": "running"
        case "State.Code": "16"
        case "AttachmentType": "IGW"
        case "GroupName": text("GroupName", of: resource) ?? resource.logicalID
        default: "\(resource.logicalID).\(name)"
        }
    }

    private func arn(of resource: Resource) -> String {
        let kind =
            switch resource.type {
            case "AWS::EC2::RouteServerEndpoint": "route-server-endpoint"
            case "AWS::EC2::RouteServerPeer": "route-server-peer"
            default: "route-server"
            }
        return "arn:aws:ec2:\(Evaluator.region):\(VPCModel.accountID):\(kind)/\(id(of: resource))"
    }

}
