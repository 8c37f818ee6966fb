// SPDX-License-Identifier: MIT-0
import VPC
import WireFormat

/// Security groups and their rules.
extension ModelBuilder {
    /// The VPC's default group, which templates do not name.
    static let defaultSecurityGroup = "DefaultSecurityGroup"

    /// Logical ids of the groups in a list of ids.
    func groups(_ list: Value?, name: String) -> [String] {
        (list?.list ?? []).compactMap { item in
            let group = target(of: item, name: name, types: ["SecurityGroup"])
            if group == Self.defaultSecurityGroup { usesDefaultSecurityGroup = true }
            return group
        }
    }

    func securityGroups() -> [SecurityGroup] {
        var groups = resources(ofType: "SecurityGroup").map { resource in
            if resource.property("VpcId") != nil { _ = target("VpcId", of: resource, types: ["VPC"]) }
            let name = giveName(to: resource)
            let egress = value("SecurityGroupEgress", of: resource)?.list
            return SecurityGroup(
                logicalID: resource.logicalID, name: name,
                ingress: (value("SecurityGroupIngress", of: resource)?.list ?? []).compactMap {
                    rule($0, otherGroup: "SourceSecurityGroupId")
                },
                egress: egress.map { $0.compactMap { rule($0, otherGroup: "DestinationSecurityGroupId") } })
        }
        for resource in resources(ofType: "SecurityGroupIngress") {
            guard let (index, value) = addition(resource, to: groups),
                let rule = rule(value, otherGroup: "SourceSecurityGroupId")
            else { continue }
            groups[index].ingress.append(rule)
        }
        for resource in resources(ofType: "SecurityGroupEgress") {
            guard let (index, value) = addition(resource, to: groups),
                let rule = rule(value, otherGroup: "DestinationSecurityGroupId")
            else { continue }
            groups[index].egress = (groups[index].egress ?? []) + [rule]
        }
        if usesDefaultSecurityGroup {
            groups.append(
                SecurityGroup(
                    logicalID: Self.defaultSecurityGroup,
                    name: names.give("default", fallback: "default"),
                    ingress: [
                        SecurityGroupRule(
                            ipProtocol: "-1", fromPort: nil, toPort: nil,
                            peer: .securityGroup(Self.defaultSecurityGroup))
                    ], egress: nil))
        }
        return groups
    }

    /// The group that a separate rule resource belongs to, and the rule as one value.
    private func addition(_ resource: Resource, to groups: [SecurityGroup]) -> (index: Int, rule: Value)? {
        guard let group = target("GroupId", of: resource, types: ["SecurityGroup"]),
            let index = groups.firstIndex(where: { $0.logicalID == group })
        else { return nil }
        let entries = resource.properties.compactMap { entry in
            value(entry.key, of: resource).map { (key: entry.key, keyPosition: entry.keyPosition, value: $0) }
        }
        return (index, Value(.map(entries), at: resource.position))
    }

    private func rule(_ value: Value, otherGroup: String) -> SecurityGroupRule? {
        guard let ipProtocol = value["IpProtocol"]?.text else { return nil }
        let peer: SecurityGroupRule.Peer
        if let block = (value["CidrIp"] ?? value["CidrIpv6"])?.text.flatMap(PropertyCheck.block) {
            peer = .block(block)
        } else if let group = value[otherGroup] {
            guard let name = target(of: group, name: otherGroup, types: ["SecurityGroup"]) else { return nil }
            peer = .securityGroup(name)
        } else {
            // A prefix list, or a group of another account: nothing in a lab belongs to it.
            return nil
        }
        return SecurityGroupRule(
            ipProtocol: ipProtocol.lowercased(), fromPort: value["FromPort"]?.text.flatMap { Int($0) },
            toPort: value["ToPort"]?.text.flatMap { Int($0) }, peer: peer)
    }
}
