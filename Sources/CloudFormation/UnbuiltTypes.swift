// SPDX-License-Identifier: MIT-0
import SourceText

/// Reports resources of types that rslab does not build.
struct UnbuiltTypes {
    /// Each type is reported once, however many resources have it.
    private var reported: Set<String> = []

    /// EC2 types that affect packets in a real VPC; a lab without them may behave differently.
    private static let missed: [String: String] = [
        "AWS::EC2::CarrierGateway": "carrier gateways",
        "AWS::EC2::ClientVpnEndpoint": "client VPN endpoints",
        "AWS::EC2::CustomerGateway": "customer gateways",
        "AWS::EC2::EgressOnlyInternetGateway": "egress-only internet gateways",
        "AWS::EC2::Host": "dedicated hosts",
        "AWS::EC2::LocalGatewayRoute": "local gateways",
        "AWS::EC2::NatGateway": "NAT gateways",
        "AWS::EC2::NetworkAcl": "network ACLs",
        "AWS::EC2::SpotFleet": "spot fleets",
        "AWS::EC2::EC2Fleet": "fleets",
        "AWS::EC2::SubnetCidrBlock": "IPv6 blocks of subnets",
        "AWS::EC2::TransitGateway": "transit gateways",
        "AWS::EC2::TransitGatewayAttachment": "transit gateways",
        "AWS::EC2::TransitGatewayConnect": "transit gateways",
        "AWS::EC2::TransitGatewayVpcAttachment": "transit gateways",
        "AWS::EC2::VPCEndpoint": "VPC endpoints",
        "AWS::EC2::VPCPeeringConnection": "VPC peering connections",
        "AWS::EC2::VPNConnection": "VPN connections",
        "AWS::EC2::VPNGateway": "virtual private gateways",
    ]

    /// EC2 types that do not affect a lab's packets, or only together with one that is reported.
    private static let silent: Set<String> = [
        "CapacityReservation", "ClientVpnAuthorizationRule", "ClientVpnRoute", "ClientVpnTargetNetworkAssociation",
        "DHCPOptions", "FlowLog", "IPAM", "IPAMPool", "IPAMScope", "InstanceConnectEndpoint", "KeyPair",
        "LaunchTemplate", "NetworkAclEntry", "NetworkInsightsAnalysis", "NetworkInsightsPath",
        "NetworkInterfacePermission", "PlacementGroup", "PrefixList", "SecurityGroupVpcAssociation",
        "SnapshotBlockPublicAccess", "SubnetNetworkAclAssociation", "VPCDHCPOptionsAssociation",
        "VPCEndpointService", "VPNConnectionRoute", "VPNGatewayRoutePropagation", "Volume", "VolumeAttachment",
    ]

    /// Reports what a lab lacks, or that a type does not exist; ignores types unrelated to networks.
    mutating func report(_ resource: TemplateDocument.Resource, log: FindingLog) {
        let type = resource.type
        guard type.contains("::") else {
            log.error(
                resource.typePosition,
                "'\(type)' is not a resource type\(suggestion(for: "AWS::EC2::\(type)", among: ResourceSchema.types))")
            return
        }
        if let words = Self.missed[type] {
            guard reported.insert(type).inserted else { return }
            log.warning(
                resource.typePosition, "rslab does not build \(words): \(resource.logicalID) (\(type)) is left out")
            return
        }
        guard type.hasPrefix("AWS::EC2::") else { return }
        let name = String(type.dropFirst("AWS::EC2::".count))
        // Everything else about transit gateways depends on one.
        if Self.silent.contains(name) || name.hasPrefix("TransitGateway") { return }
        if let near = nearest(to: type, among: ResourceSchema.types + Self.missed.keys) {
            // Long type names are similar to each other; only a typing error counts as a mistake.
            let difference = near.utf8.count - type.utf8.count
            if (-2...2).contains(difference), Self.isSlip(type, of: near) {
                log.error(resource.typePosition, "unknown resource type '\(type)'; did you mean '\(near)'?")
                return
            }
        }
        guard reported.insert(type).inserted else { return }
        log.warning(
            resource.typePosition, "rslab does not know \(type): \(resource.logicalID) is left out")
    }

    /// Whether the words differ in at most two letters, counted from both ends.
    private static func isSlip(_ word: String, of other: String) -> Bool {
        let left = Array(word.lowercased().utf8)
        let right = Array(other.lowercased().utf8)
        let shorter = min(left.count, right.count)
        let front = zip(left, right).prefix { $0 == $1 }.count
        let back = min(zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count, shorter - front)
        return max(left.count, right.count) - front - back <= 2
    }
}
