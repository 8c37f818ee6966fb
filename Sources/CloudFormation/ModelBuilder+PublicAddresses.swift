// SPDX-License-Identifier: MIT-0
import VPC
import WireFormat

/// Public addresses, which an internet gateway translates to and from private ones.
extension ModelBuilder {
    /// TEST-NET-3, then TEST-NET-1 (RFC 5737): unused on the Internet.
    private static let publicNetworks: [UInt32] = [0xCB00_7100, 0xC000_0200]
    private static let addressesOfNetwork = 254

    /// The public address that an instance or an elastic IP would have, chosen by its index among all of them.
    func publicAddress(of resource: Resource) -> IPAddress {
        let owners = document.resources.filter { ["AWS::EC2::Instance", "AWS::EC2::EIP"].contains($0.type) }
        let index = owners.firstIndex { $0.logicalID == resource.logicalID } ?? 0
        let network = Self.publicNetworks[index / Self.addressesOfNetwork % Self.publicNetworks.count]
        return .v4(IPv4Address(bits: network + 1 + UInt32(index % Self.addressesOfNetwork)))
    }

    /// The public addresses of interfaces, by logical id: those given at launch, and the elastic ones that replace
    /// them.
    func publicAddresses(_ plan: InterfacePlan) -> [String: IPAddress] {
        var addresses: [String: IPAddress] = [:]
        for instance in resources(ofType: "Instance") {
            // At launch only a single, new interface gets one.
            guard let attached = plan.attachments[instance.logicalID], let interface = attached.first,
                getsPublicAddress(instance, interface: interface, count: attached.count, plan)
            else { continue }
            addresses[interface] = publicAddress(of: instance)
        }
        for elastic in resources(ofType: "EIP") {
            guard elastic.property("InstanceId") != nil,
                let instance = target("InstanceId", of: elastic, types: ["Instance"]),
                let interface = plan.attachments[instance]?.first
            else { continue }
            addresses[interface] = publicAddress(of: elastic)
        }
        for association in resources(ofType: "EIPAssociation") {
            guard let elastic = elasticAddress(of: association), let interface = interface(of: association, plan)
            else { continue }
            addresses[interface] = publicAddress(of: elastic)
        }
        return addresses
    }

    private func getsPublicAddress(
        _ instance: Resource, interface: String, count: Int, _ plan: InterfacePlan
    ) -> Bool {
        let first = value("NetworkInterfaces", of: instance)?.list?.first { $0["DeviceIndex"]?.text == "0" }
        if let flag = first?["AssociatePublicIpAddress"]?.text.flatMap(PropertyCheck.boolean) { return flag }
        guard count == 1, first?["NetworkInterfaceId"] == nil,
            let subnet = plan[interface].flatMap({ resource(named: $0.subnet) })
        else { return false }
        return flag("MapPublicIpOnLaunch", of: subnet) ?? false
    }

    /// The AWS::EC2::EIP of an association, found by its allocation id or by the address itself.
    private func elasticAddress(of association: Resource) -> Resource? {
        if association.property("AllocationId") != nil {
            return target("AllocationId", of: association, types: ["EIP"]).flatMap { resource(named: $0) }
        }
        let address = text("EIP", of: association)
        return resources(ofType: "EIP").first { "\(publicAddress(of: $0))" == address }
    }

    private func interface(of association: Resource, _ plan: InterfacePlan) -> String? {
        if association.property("NetworkInterfaceId") != nil {
            return value("NetworkInterfaceId", of: association).flatMap {
                interface(of: $0, name: "NetworkInterfaceId", plan)
            }
        }
        return target("InstanceId", of: association, types: ["Instance"]).flatMap { plan.attachments[$0]?.first }
    }
}
