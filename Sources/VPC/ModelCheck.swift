// SPDX-License-Identifier: MIT-0
import SourceText
import WireFormat

/// Checks a model and collects its findings in `findings`.
struct ModelCheck {
    /// Quotas of route servers that AWS raises on request; the others are hard limits.
    static let adjustableQuotas = (serversPerVPC: 5, endpointsPerServer: 10, peersPerEndpoint: 20)
    static let endpointsPerSubnet = 2
    static let asns: ClosedRange<UInt32> = 1...4_294_967_294

    let model: VPCModel
    private(set) var findings: [VPCFinding] = []
    let subnets: [String: Subnet]
    let interfaces: [String: NetworkInterface]
    let tables: Set<String>

    init(_ model: VPCModel) {
        self.model = model
        subnets = Dictionary(model.subnets.map { ($0.logicalID, $0) }) { first, _ in first }
        interfaces = Dictionary(model.networkInterfaces.map { ($0.logicalID, $0) }) { first, _ in first }
        tables = Set(model.routeTables.map(\.logicalID))
    }

    mutating func error(
        _ object: String, property: String? = nil, _ message: String, isAboutAbsence: Bool = false
    ) {
        findings.append(
            VPCFinding(
                severity: .error, object: object, property: property, message: message,
                isAboutAbsence: isAboutAbsence))
    }

    mutating func warning(
        _ object: String, property: String? = nil, _ message: String, isAboutAbsence: Bool = false
    ) {
        findings.append(
            VPCFinding(
                severity: .warning, object: object, property: property, message: message,
                isAboutAbsence: isAboutAbsence))
    }

    // MARK: Names

    /// Logical ids are the objects' references to each other, and names are the names of the lab's nodes.
    mutating func checkNames() {
        var logicalIDs: Set<String> = []
        var names: [String: String] = [:]
        let servers = model.routeServers
        let objects: [(id: String, name: String)] =
            model.subnets.map { ($0.logicalID, $0.name) } + model.routeTables.map { ($0.logicalID, $0.name) }
            + model.networkInterfaces.map { ($0.logicalID, $0.name) }
            + model.instances.map { ($0.logicalID, $0.name) } + servers.map { ($0.logicalID, $0.name) }
            + servers.flatMap { $0.endpoints.map { ($0.logicalID, $0.name) } }
            + servers.flatMap { $0.peers.map { ($0.logicalID, $0.name) } }
            + model.securityGroups.map { ($0.logicalID, $0.name) }
            + (model.internetGateway.map { [($0.logicalID, $0.name)] } ?? [])
        for object in objects {
            if !logicalIDs.insert(object.id).inserted {
                error(object.id, "the logical id \(object.id) appears more than once")
            } else if let other = names.updateValue(object.id, forKey: object.name) {
                error(object.id, property: "Tags", "\(object.id) has the same name as \(other): \(object.name)")
            }
        }
    }

    // MARK: Blocks

    /// Sizes and overlaps of VPC and subnets (Amazon VPC User Guide, "VPC CIDR blocks" and "Subnet CIDR blocks").
    mutating func checkBlocks() {
        for (index, block) in model.cidrBlocks.enumerated() {
            if block.family == .ipv4, !(16...28).contains(block.length) {
                error(model.logicalID, property: "CidrBlock", "the VPC's block \(block) must be a /16 to a /28")
            }
            if block.family == .ipv6, !Self.isIPv6Length(block.length, upTo: 60) {
                error(
                    model.logicalID, property: "CidrBlock",
                    "the VPC's block \(block) must be a /44, /48, /52, /56 or /60")
            }
            for other in model.cidrBlocks[..<index] where other.overlaps(block) {
                error(model.logicalID, property: "CidrBlock", "the VPC's blocks \(other) and \(block) overlap")
            }
        }
        for (index, subnet) in model.subnets.enumerated() {
            let block = subnet.cidrBlock
            if block.family == .ipv4, !(16...28).contains(block.length) {
                error(subnet.logicalID, property: "CidrBlock", "\(subnet.logicalID) \(block) must be a /16 to a /28")
            }
            if !model.cidrBlocks.contains(where: { $0.contains(block) }) {
                let blocks = model.cidrBlocks.map(\.description).joined(separator: ", ")
                error(
                    subnet.logicalID, property: "CidrBlock",
                    "\(subnet.logicalID) \(block) lies outside the VPC's \(blocks)", isAboutAbsence: blocks.isEmpty)
            }
            for other in model.subnets[..<index] where other.cidrBlock.overlaps(block) {
                error(
                    subnet.logicalID, property: "CidrBlock",
                    "\(subnet.logicalID) \(block) overlaps \(other.logicalID) \(other.cidrBlock)")
            }
            if AddressChoice(block).routerAddress != subnet.routerAddress {
                error(
                    subnet.logicalID, "the router of \(subnet.logicalID) must have the first address of \(block)")
            }
        }
    }

    /// In steps of four bits from /44 up ("IPv6 VPC CIDR blocks", "IPv6 subnet CIDR blocks").
    private static func isIPv6Length(_ length: Int, upTo limit: Int) -> Bool {
        (44...limit).contains(length) && length.isMultiple(of: 4)
    }

    mutating func checkIPv6Blocks() {
        for (index, subnet) in model.subnets.enumerated() {
            let id = subnet.logicalID
            guard let block = subnet.ipv6CIDRBlock else {
                if subnet.assignsIPv6AddressOnCreation {
                    error(
                        id, property: "AssignIpv6AddressOnCreation",
                        "\(id) cannot assign IPv6 addresses: it has no Ipv6CidrBlock", isAboutAbsence: true)
                }
                continue
            }
            if block.family != .ipv6 || !Self.isIPv6Length(block.length, upTo: 64) {
                error(
                    id, property: "Ipv6CidrBlock",
                    "\(id) \(block) must be an IPv6 block of /44 to /64 in steps of four")
                continue
            }
            let blocks = model.cidrBlocks.filter { $0.family == .ipv6 }
            if blocks.isEmpty {
                error(
                    id, property: "Ipv6CidrBlock", "\(id) has the block \(block), and the VPC has no IPv6 block",
                    isAboutAbsence: true)
            } else if !blocks.contains(where: { $0.contains(block) }) {
                error(
                    id, property: "Ipv6CidrBlock",
                    "\(id) \(block) lies outside the VPC's \(blocks.map(\.description).joined(separator: ", "))")
            }
            for other in model.subnets[..<index] {
                guard let otherBlock = other.ipv6CIDRBlock, otherBlock.overlaps(block) else { continue }
                error(id, property: "Ipv6CidrBlock", "\(id) \(block) overlaps \(other.logicalID) \(otherBlock)")
            }
        }
    }

    // MARK: Interfaces

    mutating func checkInterfaces() {
        var choices: [IPPrefix: AddressChoice] = [:]
        for block in model.subnets.flatMap(\.cidrBlocks) { choices[block] = AddressChoice(block) }
        var owners: [IPAddress: String] = [:]
        var macAddresses: [MACAddress: String] = [:]
        for interface in model.networkInterfaces {
            let id = interface.logicalID
            guard let subnet = subnets[interface.subnet] else {
                error(
                    id, property: "SubnetId", "\(id) is in \(interface.subnet), which is not a subnet",
                    isAboutAbsence: true)
                continue
            }
            for address in interface.addresses {
                let property = address.family == .ipv4 ? "PrivateIpAddress" : "Ipv6Addresses"
                if let other = owners.updateValue(id, forKey: address) {
                    error(id, property: property, "\(address) already belongs to \(Self.owner(other))")
                    continue
                }
                guard let block = subnet.cidrBlock(of: address.family) else {
                    error(
                        id, property: property,
                        "\(id) has the address \(address), and \(subnet.logicalID) has no IPv6 block",
                        isAboutAbsence: true)
                    continue
                }
                do throws(AddressChoice.Refusal) {
                    try choices[block]?.claim(address)
                } catch {
                    self.error(id, property: property, "\(address) \(error) (\(subnet.logicalID) \(block))")
                }
            }
            if let other = macAddresses.updateValue(id, forKey: interface.macAddress) {
                error(id, "\(id) and \(other) have the same MAC address \(interface.macAddress)")
            }
        }
    }

    /// An interface without a resource of its own is named by its owner's logical id.
    private static func owner(_ interface: String) -> String {
        String(interface.prefix { $0 != "." })
    }

    mutating func checkInstances() {
        var owners: [String: String] = [:]
        for instance in model.instances {
            let id = instance.logicalID
            if instance.networkInterfaces.isEmpty {
                error(id, "\(id) has no network interface", isAboutAbsence: true)
            }
            var zones: Set<String> = []
            for name in instance.networkInterfaces {
                guard let interface = interfaces[name] else {
                    error(
                        id, property: "NetworkInterfaces", "\(id) has the interface \(name), which does not exist",
                        isAboutAbsence: true)
                    continue
                }
                if let other = owners.updateValue(id, forKey: name) {
                    error(id, property: "NetworkInterfaces", "\(name) is already attached to \(other)")
                }
                if let zone = subnets[interface.subnet]?.availabilityZone { zones.insert(zone) }
            }
            if zones.count > 1 {
                error(
                    id, property: "NetworkInterfaces",
                    "\(id) has interfaces in different Availability Zones: \(zones.sorted().joined(separator: ", "))")
            }
        }
        let answering = model.answeringInstances
        if answering.count > VPCModel.answeringInstanceCountMax {
            error(
                answering[VPCModel.answeringInstanceCountMax].logicalID,
                "\(answering.count) instances speak BGP or have a floating IP: rslab can tell "
                    + "\(VPCModel.answeringInstanceCountMax) apart")
        }
    }

    // MARK: Floating addresses

    /// A packet for a floating IP is neither to nor from an address of the interface, so the check drops it.
    mutating func checkFloatingAddresses() {
        for instance in model.instances {
            let floating = instance.boot.loopbackAddresses.filter { address in
                !model.networkInterfaces.contains { $0.addresses.contains { address.contains($0) } }
            }
            guard let first = floating.first, let eth0 = instance.networkInterfaces.first,
                interfaces[eth0]?.sourceDestinationCheck == true
            else { continue }
            warning(
                instance.logicalID,
                "the source/destination check of \(instance.logicalID) is on, so AWS drops packets for \(first): "
                    + "set SourceDestCheck to false")
        }
    }
}
