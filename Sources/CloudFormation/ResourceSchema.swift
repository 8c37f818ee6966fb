// SPDX-License-Identifier: MIT-0

/// The values allowed for a property.
indirect enum PropertyShape: Sendable {
    case text
    case integer(ClosedRange<Int>)
    case boolean
    case oneOf([String])
    /// An IPv4 or IPv6 block, or either.
    case cidr
    case address
    case list(PropertyShape)
    case object(ObjectShape)
    /// Known, but without effect here: its value is ignored.
    case unused
}

/// The properties of a resource or of an object inside one.
struct ObjectShape: Sendable {
    var properties: [String: PropertyShape]
    var required: [String] = []
}

/// A resource type that rslab builds: its properties, and its attributes for GetAtt.
struct ResourceSchema: Sendable {
    var shape: ObjectShape
    var attributes: [String]

    private init(
        _ properties: [String: PropertyShape], required: [String] = [], attributes: [String] = []
    ) {
        shape = ObjectShape(properties: properties, required: required)
        self.attributes = attributes
    }

    /// Nil for types that rslab does not build.
    static func schema(of type: String) -> ResourceSchema? {
        schemas[type]
    }

    static var types: [String] { schemas.keys.sorted() }

    private static let tags = PropertyShape.list(
        .object(ObjectShape(properties: ["Key": .text, "Value": .text], required: ["Key", "Value"])))
    private static let texts = PropertyShape.list(.text)
    static let asn = 1...4_294_967_294

    private static let schemas: [String: ResourceSchema] = network.merging(routeServer) { first, _ in first }
        .merging(computing) { first, _ in first }

    private static let routeServer: [String: ResourceSchema] = [
        "AWS::EC2::RouteServer": ResourceSchema(
            [
                "AmazonSideAsn": .integer(asn), "PersistRoutes": .oneOf(["disable", "enable"]),
                "PersistRoutesDuration": .integer(0...5), "SnsNotificationsEnabled": .boolean, "Tags": tags,
            ],
            required: ["AmazonSideAsn"], attributes: ["Arn", "Id"]),
        "AWS::EC2::RouteServerAssociation": ResourceSchema(
            ["RouteServerId": .text, "VpcId": .text], required: ["RouteServerId", "VpcId"]),
        "AWS::EC2::RouteServerEndpoint": ResourceSchema(
            ["RouteServerId": .text, "SubnetId": .text, "Tags": tags], required: ["RouteServerId", "SubnetId"],
            attributes: ["Arn", "EniAddress", "EniId", "Id", "VpcId"]),
        "AWS::EC2::RouteServerPeer": ResourceSchema(
            [
                "BgpOptions": .object(
                    ObjectShape(
                        properties: [
                            "PeerAsn": .integer(asn), "PeerLivenessDetection": .oneOf(["bfd", "bgp-keepalive"]),
                        ],
                        // Optional in CloudFormation's schema, but the API that it calls refuses a peer without it.
                        required: ["PeerAsn"])),
                "PeerAddress": .address, "RouteServerEndpointId": .text, "Tags": tags,
            ],
            required: ["BgpOptions", "PeerAddress", "RouteServerEndpointId"],
            attributes: ["Arn", "EndpointEniAddress", "EndpointEniId", "Id", "RouteServerId", "SubnetId", "VpcId"]),
        "AWS::EC2::RouteServerPropagation": ResourceSchema(
            ["RouteServerId": .text, "RouteTableId": .text], required: ["RouteServerId", "RouteTableId"]),
    ]

    private static let network: [String: ResourceSchema] = [
        "AWS::EC2::VPC": ResourceSchema(
            [
                "CidrBlock": .cidr, "EnableDnsHostnames": .boolean, "EnableDnsSupport": .boolean,
                "InstanceTenancy": .unused, "Ipv4IpamPoolId": .unused, "Ipv4NetmaskLength": .unused, "Tags": tags,
            ],
            required: ["CidrBlock"],
            attributes: [
                "CidrBlock", "CidrBlockAssociations", "DefaultNetworkAcl", "DefaultSecurityGroup", "Ipv6CidrBlocks",
                "VpcId",
            ]),
        "AWS::EC2::VPCCidrBlock": ResourceSchema(
            [
                "AmazonProvidedIpv6CidrBlock": .boolean, "CidrBlock": .cidr, "Ipv4IpamPoolId": .unused,
                "Ipv4NetmaskLength": .unused, "Ipv6CidrBlock": .cidr, "Ipv6CidrBlockNetworkBorderGroup": .unused,
                "Ipv6IpamPoolId": .unused, "Ipv6NetmaskLength": .unused, "Ipv6Pool": .unused, "VpcId": .text,
            ],
            required: ["VpcId"], attributes: ["Id", "IpSource", "Ipv6AddressAttribute"]),
        "AWS::EC2::Subnet": ResourceSchema(
            [
                "AssignIpv6AddressOnCreation": .boolean, "AvailabilityZone": .text, "AvailabilityZoneId": .text,
                "CidrBlock": .cidr, "EnableDns64": .unused, "EnableLniAtDeviceIndex": .unused,
                "Ipv4IpamPoolId": .unused, "Ipv4NetmaskLength": .unused, "Ipv6CidrBlock": .cidr,
                "Ipv6IpamPoolId": .unused, "Ipv6Native": .boolean, "Ipv6NetmaskLength": .unused,
                "MapPublicIpOnLaunch": .boolean, "OutpostArn": .unused, "PrivateDnsNameOptionsOnLaunch": .unused,
                "Tags": tags, "VpcId": .text,
            ],
            required: ["CidrBlock", "VpcId"],
            attributes: [
                "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6CidrBlocks", "NetworkAclAssociationId",
                "OutpostArn", "SubnetId", "VpcId",
            ]),
        "AWS::EC2::InternetGateway": ResourceSchema(["Tags": tags], attributes: ["InternetGatewayId"]),
        "AWS::EC2::VPCGatewayAttachment": ResourceSchema(
            ["InternetGatewayId": .text, "VpcId": .text, "VpnGatewayId": .text], required: ["VpcId"],
            attributes: ["AttachmentType"]),
        "AWS::EC2::RouteTable": ResourceSchema(
            ["Tags": tags, "VpcId": .text], required: ["VpcId"], attributes: ["RouteTableId", "VpcId"]),
        "AWS::EC2::SubnetRouteTableAssociation": ResourceSchema(
            ["RouteTableId": .text, "SubnetId": .text], required: ["RouteTableId", "SubnetId"], attributes: ["Id"]),
        "AWS::EC2::GatewayRouteTableAssociation": ResourceSchema(
            ["GatewayId": .text, "RouteTableId": .text], required: ["GatewayId", "RouteTableId"],
            attributes: ["AssociationId"]),
        "AWS::EC2::Route": ResourceSchema(
            [
                "CarrierGatewayId": .text, "CoreNetworkArn": .text, "DestinationCidrBlock": .cidr,
                "DestinationIpv6CidrBlock": .cidr, "DestinationPrefixListId": .text,
                "EgressOnlyInternetGatewayId": .text, "GatewayId": .text, "InstanceId": .text,
                "LocalGatewayId": .text, "NatGatewayId": .text, "NetworkInterfaceId": .text, "RouteTableId": .text,
                "TransitGatewayId": .text, "VpcEndpointId": .text, "VpcPeeringConnectionId": .text,
            ],
            required: ["RouteTableId"], attributes: ["CidrBlock"]),
    ]

    /// The keys of a security group's rule, other than those for the other end of the traffic.
    private static let rule: [String: PropertyShape] = [
        "CidrIp": .cidr, "CidrIpv6": .cidr, "Description": .text, "FromPort": .integer(-1...65535),
        "IpProtocol": .text, "ToPort": .integer(-1...65535),
    ]
    private static let ingressRule = rule.merging([
        "SourcePrefixListId": .text, "SourceSecurityGroupId": .text, "SourceSecurityGroupName": .text,
        "SourceSecurityGroupOwnerId": .text,
    ]) { first, _ in first }
    private static let egressRule = rule.merging([
        "DestinationPrefixListId": .text, "DestinationSecurityGroupId": .text,
    ]) { first, _ in first }
    private static let secondaryAddresses = PropertyShape.list(
        .object(
            ObjectShape(
                properties: ["Primary": .boolean, "PrivateIpAddress": .address],
                required: ["Primary", "PrivateIpAddress"])))

    private static let ipv6Addresses = PropertyShape.list(
        .object(ObjectShape(properties: ["Ipv6Address": .address], required: ["Ipv6Address"])))

    private static let computing: [String: ResourceSchema] = [
        "AWS::EC2::SecurityGroup": ResourceSchema(
            [
                "GroupDescription": .text, "GroupName": .text,
                "SecurityGroupEgress": .list(
                    .object(ObjectShape(properties: egressRule, required: ["IpProtocol"]))),
                "SecurityGroupIngress": .list(
                    .object(ObjectShape(properties: ingressRule, required: ["IpProtocol"]))),
                "Tags": tags, "VpcId": .text,
            ],
            required: ["GroupDescription"], attributes: ["GroupId", "GroupName", "Id", "VpcId"]),
        "AWS::EC2::SecurityGroupIngress": ResourceSchema(
            ingressRule.merging(["GroupId": .text, "GroupName": .text]) { first, _ in first },
            required: ["IpProtocol"], attributes: ["Id"]),
        "AWS::EC2::SecurityGroupEgress": ResourceSchema(
            egressRule.merging(["GroupId": .text]) { first, _ in first },
            required: ["GroupId", "IpProtocol"], attributes: ["Id"]),
        "AWS::EC2::NetworkInterface": ResourceSchema(
            [
                "ConnectionTrackingSpecification": .unused, "Description": .text, "EnablePrimaryIpv6": .unused,
                "GroupSet": texts, "InterfaceType": .unused, "Ipv4PrefixCount": .unused, "Ipv4Prefixes": .unused,
                "Ipv6AddressCount": .integer(0...50), "Ipv6Addresses": ipv6Addresses, "Ipv6PrefixCount": .unused,
                "Ipv6Prefixes": .unused, "PrivateIpAddress": .address, "PrivateIpAddresses": secondaryAddresses,
                "PublicIpDnsHostnameTypeSpecification": .unused, "SecondaryPrivateIpAddressCount": .integer(0...50),
                "SourceDestCheck": .boolean, "SubnetId": .text, "Tags": tags,
            ],
            required: ["SubnetId"],
            attributes: [
                "Id", "PrimaryIpv6Address", "PrimaryPrivateIpAddress", "SecondaryPrivateIpAddresses", "VpcId",
            ]),
        "AWS::EC2::NetworkInterfaceAttachment": ResourceSchema(
            [
                "DeleteOnTermination": .boolean, "DeviceIndex": .integer(0...31), "EnaQueueCount": .unused,
                "EnaSrdSpecification": .unused, "InstanceId": .text, "NetworkInterfaceId": .text,
            ],
            required: ["DeviceIndex", "InstanceId", "NetworkInterfaceId"], attributes: ["AttachmentId"]),
        "AWS::EC2::Instance": ResourceSchema(
            instance,
            attributes: [
                "AvailabilityZone", "InstanceId", "PrivateDnsName", "PrivateIp", "PublicDnsName", "PublicIp",
                "State.Code", "State.Name", "VpcId",
            ]),
        "AWS::EC2::EIP": ResourceSchema(
            [
                "Address": .unused, "Domain": .unused, "InstanceId": .text, "IpamPoolId": .unused,
                "NetworkBorderGroup": .unused, "PublicIpv4Pool": .unused, "Tags": tags, "TransferAddress": .unused,
            ],
            attributes: ["AllocationId", "PublicIp"]),
        "AWS::EC2::EIPAssociation": ResourceSchema(
            [
                "AllocationId": .text, "EIP": .text, "InstanceId": .text, "NetworkInterfaceId": .text,
                "PrivateIpAddress": .unused,
            ],
            attributes: ["Id"]),
    ]

    private static let instance: [String: PropertyShape] = [
        "AdditionalInfo": .unused, "Affinity": .unused, "AvailabilityZone": .text, "BlockDeviceMappings": .unused,
        "CpuOptions": .unused, "CreditSpecification": .unused, "DisableApiTermination": .boolean,
        "EbsOptimized": .boolean, "ElasticGpuSpecifications": .unused, "ElasticInferenceAccelerators": .unused,
        "EnclaveOptions": .unused, "HibernationOptions": .unused, "HostId": .unused,
        "HostResourceGroupArn": .unused, "IamInstanceProfile": .unused, "ImageId": .unused,
        "InstanceInitiatedShutdownBehavior": .unused, "InstanceType": .unused, "Ipv6AddressCount": .integer(0...50),
        "Ipv6Addresses": ipv6Addresses, "KernelId": .unused, "KeyName": .unused, "LaunchTemplate": .unused,
        "LicenseSpecifications": .unused, "MetadataOptions": .unused, "Monitoring": .boolean,
        "NetworkInterfaces": .list(
            .object(
                ObjectShape(
                    properties: [
                        "AssociateCarrierIpAddress": .boolean, "AssociatePublicIpAddress": .boolean,
                        "DeleteOnTermination": .boolean, "Description": .text, "DeviceIndex": .integer(0...31),
                        "EnaSrdSpecification": .unused, "GroupSet": texts, "Ipv6AddressCount": .integer(0...50),
                        "Ipv6Addresses": ipv6Addresses, "NetworkInterfaceId": .text, "PrivateIpAddress": .address,
                        "PrivateIpAddresses": secondaryAddresses,
                        "SecondaryPrivateIpAddressCount": .integer(0...50), "SubnetId": .text,
                    ],
                    required: ["DeviceIndex"]))),
        "PlacementGroupName": .unused, "PrivateDnsNameOptions": .unused, "PrivateIpAddress": .address,
        "PropagateTagsToVolumeOnCreation": .boolean, "RamdiskId": .unused, "SecurityGroupIds": texts,
        "SecurityGroups": texts, "SourceDestCheck": .boolean, "SsmAssociations": .unused, "SubnetId": .text,
        "Tags": tags, "Tenancy": .unused, "UserData": .text, "Volumes": .unused,
    ]
}
