// SPDX-License-Identifier: MIT-0
import WireFormat

/// Which rules of network interfaces are enforced.
package struct InterfaceEnforcement: Hashable, Sendable, Codable {
    package var securityGroups: Bool
    package var sourceDestinationCheck: Bool

    package init(securityGroups: Bool = true, sourceDestinationCheck: Bool = true) {
        self.securityGroups = securityGroups
        self.sourceDestinationCheck = sourceDestinationCheck
    }
}

extension VPCModel {
    /// What every network interface lets through, in the model's order.
    ///
    /// - Parameter hasBFD: Whether the endpoint uses BFD with a peer, for which its own group then has a rule.
    package func interfaceRules(
        _ enforcement: InterfaceEnforcement = InterfaceEnforcement(),
        hasBFD: (RouteServerPeer) -> Bool = { $0.livenessDetection == .bfd }
    ) -> [InterfaceRules] {
        let endpointGroups = endpointSecurityGroups(hasBFD: hasBFD)
        return networkInterfaces.map { interface in
            let groups =
                endpointGroups[interface.logicalID].map { [$0] }
                ?? securityGroups.filter { interface.securityGroups.contains($0.logicalID) }
            let subnet = subnets.first { $0.logicalID == interface.subnet }
            return InterfaceRules(
                interface: interface, owner: owner(of: interface),
                routerAddresses: [subnet?.routerAddress, subnet?.ipv6RouterAddress].compactMap(\.self),
                checksSourceDestination: enforcement.sourceDestinationCheck && interface.sourceDestinationCheck,
                // AWS gives every interface a group; an interface without one in the model is unknown, not closed.
                groups: enforcement.securityGroups && !groups.isEmpty ? groups : nil,
                ingress: rules(of: groups, .ingress), egress: rules(of: groups, .egress))
        }
    }

    private func owner(of interface: NetworkInterface) -> String {
        instances.first { $0.networkInterfaces.contains(interface.logicalID) }?.name
            ?? routeServers.flatMap(\.endpoints).first { $0.networkInterface == interface.logicalID }?.name
            ?? interface.name
    }

    /// The group that AWS creates for each endpoint, by the endpoint's interface.
    ///
    /// Creating an endpoint creates a group, and creating a peer authorises ingress to it ("Required IAM permissions",
    /// Amazon VPC User Guide). AWS does not publish its rules. Assumed: TCP 179, and UDP 3784 for a BFD peer, in from
    /// the peer's address, and everything out.
    package func endpointSecurityGroups(hasBFD: (RouteServerPeer) -> Bool) -> [String: SecurityGroup] {
        var groups: [String: SecurityGroup] = [:]
        for server in routeServers {
            for endpoint in server.endpoints {
                var rules: [SecurityGroupRule] = []
                for peer in server.peers where peer.endpoint == endpoint.logicalID {
                    let block = IPPrefix(masking: peer.address, length: peer.address.family == .ipv4 ? 32 : 128)
                    let ports: [(String, Int)] = [("tcp", 179)] + (hasBFD(peer) ? [("udp", 3784)] : [])
                    rules += ports.map { .init(ipProtocol: $0, fromPort: $1, toPort: $1, peer: .block(block)) }
                }
                groups[endpoint.networkInterface] = SecurityGroup(
                    logicalID: "\(endpoint.logicalID).SecurityGroup", name: "\(endpoint.name)-sg", ingress: rules,
                    egress: nil)
            }
        }
        return groups
    }

    /// The rules of several groups: what any of them allows is allowed.
    private func rules(of groups: [SecurityGroup], _ direction: InterfaceRules.Direction) -> [InterfaceRules.Rule] {
        groups.flatMap { group in
            let rules = direction == .ingress ? group.ingress : group.egress ?? Self.everywhere
            return rules.enumerated().compactMap { index, rule in
                InterfaceRules.Service(rule).map { service in
                    InterfaceRules.Rule(
                        group: group.name, number: index + 1, service: service, peer: resolved(rule.peer))
                }
            }
        }
    }

    /// The rules that AWS adds to a group without egress rules ("AWS::EC2::SecurityGroup").
    private static let everywhere = [AddressFamily.ipv4, .ipv6].map { family in
        SecurityGroupRule(
            ipProtocol: "-1", fromPort: nil, toPort: nil,
            peer: .block(IPPrefix(masking: family == .ipv4 ? .v4(.any) : .v6(.any), length: 0)))
    }

    private func resolved(_ peer: SecurityGroupRule.Peer) -> InterfaceRules.Peer {
        switch peer {
        case .block(let block):
            .block(block)
        case .securityGroup(let logicalID):
            .members(
                of: securityGroups.first { $0.logicalID == logicalID }?.name ?? logicalID,
                networkInterfaces.filter { $0.securityGroups.contains(logicalID) }.flatMap(\.addresses))
        }
    }
}

extension InterfaceRules.Service {
    /// Nil if the protocol does not exist.
    package init?(_ rule: SecurityGroupRule) {
        let number: UInt8
        switch rule.ipProtocol {
        case "-1", "all":
            self = .all
            return
        case "tcp": number = 6
        case "udp": number = 17
        case "icmp": number = 1
        case "icmpv6": number = 58
        default:
            guard let known = UInt8(rule.ipProtocol) else { return nil }
            number = known
        }
        let ipProtocol = IPProtocol(number)
        switch ipProtocol {
        case .tcp, .udp:
            guard let first = rule.fromPort, let last = rule.toPort, first >= 0, last >= 0 else {
                self = .ports(ipProtocol, nil)
                return
            }
            guard let first = UInt16(exactly: first), let last = UInt16(exactly: last), first <= last else {
                return nil
            }
            self = .ports(ipProtocol, first...last)
        case .icmp, .icmpv6:
            // -1, or no number, means every type or code.
            self = .icmp(
                ipProtocol, type: rule.fromPort.flatMap { UInt8(exactly: $0) },
                code: rule.toPort.flatMap { UInt8(exactly: $0) })
        default:
            self = .other(ipProtocol)
        }
    }
}
