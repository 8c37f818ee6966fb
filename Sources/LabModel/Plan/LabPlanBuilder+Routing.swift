// SPDX-License-Identifier: MIT-0
internal import VPC
package import WireFormat

/// How a VPC's route tables are represented: rules and kernel tables in `vpc`.
///
/// A kernel table holds the static and propagated routes, and one common table the `local` routes. A packet that
/// arrives on a leg is looked up in its table among routes at least as specific as the `local` one, then among the
/// `local` ones, then in its table again. This is AWS's longest prefix, where `local` is one route for the VPC's block
/// and not one for each subnet.
extension LabPlanBuilder {
    private static let sourcePriority: UInt32 = 50
    /// The table of an interface that is not its node's first, less the number of its link.
    private static let firstSourceTable: UInt32 = 2000
    private static let specificPriority: UInt32 = 100
    private static let localPriority: UInt32 = 110
    private static let tablePriority: UInt32 = 120

    private var blocks: [IPPrefix] { model.cidrBlocks.filter { $0.family == .ipv4 || model.usesIPv6 } }
    private var families: [AddressFamily] { model.usesIPv6 ? [.ipv4, .ipv6] : [.ipv4] }

    /// Adds the rules that look up packets from a leg in a VPC route table.
    mutating func addRules(for leg: LabPlan.LinkEnd, table logicalID: String) {
        guard let table = LabPlan.kernelTable(of: logicalID, in: model) else { return }
        for block in blocks {
            plan.rules.append(
                .init(
                    namespace: LabPlan.vpcNode, inputInterface: leg.name, destination: block, table: table,
                    priority: Self.specificPriority, family: block.family,
                    suppressedPrefixLength: block.length > 0 ? block.length - 1 : nil))
        }
        for family in families {
            plan.rules.append(
                .init(
                    namespace: LabPlan.vpcNode, inputInterface: leg.name, table: table,
                    priority: Self.tablePriority, family: family))
        }
    }

    /// Has what a node sends with an address of a further interface leave by that interface.
    ///
    /// The main table leads everything to a subnet by the first interface there, whatever its source: also what the
    /// kernel itself answers, such as a TCP reset or an echo reply, and the interface's source check then drops it.
    /// Amazon Linux does the same on an instance with several interfaces (amazon-ec2-net-utils).
    mutating func addSourceRouting(of interface: NetworkInterface, in subnet: Subnet, by end: LabPlan.LinkEnd) {
        let table = Self.firstSourceTable + UInt32(end.index)
        for block in subnet.cidrBlocks {
            let addresses = interface.addresses.filter { $0.family == block.family }
            guard !addresses.isEmpty else { continue }
            plan.routes.append(
                .init(namespace: end.namespace, destination: block, gateway: nil, index: end.index, table: table))
            let router = block.family == .ipv4 ? subnet.routerAddress : subnet.ipv6RouterAddress
            if let router {
                plan.routes.append(
                    .init(
                        namespace: end.namespace,
                        destination: IPPrefix(masking: block.family == .ipv4 ? .v4(.any) : .v6(.any), length: 0),
                        gateway: router, index: end.index, table: table))
            }
            for address in addresses {
                plan.rules.append(
                    .init(
                        namespace: end.namespace, inputInterface: nil, source: IPPrefix(host: address), table: table,
                        priority: Self.sourcePriority, family: address.family))
            }
        }
    }

    /// The `local` routes: to each subnet by its leg; the parts of the blocks outside all subnets are dropped.
    mutating func addLocalRoutes() {
        for family in families {
            plan.rules.append(
                .init(
                    namespace: LabPlan.vpcNode, inputInterface: nil, table: LabPlan.localTable,
                    priority: Self.localPriority, family: family))
        }
        for subnet in model.subnets {
            guard let leg = legs[subnet.logicalID] else { continue }
            for block in subnet.cidrBlocks {
                plan.routes.append(
                    .init(
                        namespace: LabPlan.vpcNode, destination: block, gateway: nil, index: leg.index,
                        table: LabPlan.localTable))
            }
        }
        for block in blocks where !model.subnets.contains(where: { $0.cidrBlocks.contains(block) }) {
            plan.routes.append(
                .init(
                    namespace: LabPlan.vpcNode, destination: block, gateway: nil, index: nil,
                    table: LabPlan.localTable))
        }
    }

    /// The static routes of a VPC route table; propagated routes are added at run time.
    mutating func addRoutes(of table: RouteTable) {
        guard let number = LabPlan.kernelTable(of: table.logicalID, in: model) else { return }
        for route in table.routes where route.destination.family == .ipv4 || model.usesIPv6 {
            switch route.target {
            case .internetGateway(let logicalID):
                guard let leg = legs[logicalID] else { continue }
                plan.routes.append(
                    .init(
                        namespace: LabPlan.vpcNode, destination: route.destination,
                        gateway: route.destination.family == .ipv4
                            ? LabPlan.outsideAddress : LabPlan.ipv6OutsideAddress,
                        index: leg.index, table: number))
            case .networkInterface(let logicalID):
                guard let interface = model.networkInterface(logicalID), let leg = legs[interface.subnet],
                    let gateway = interface.addresses.first(where: { $0.family == route.destination.family })
                else { continue }
                plan.routes.append(
                    .init(
                        namespace: LabPlan.vpcNode, destination: route.destination, gateway: gateway,
                        index: leg.index, table: number))
            }
        }
    }

    /// Packets to an interface without an instance are dropped silently: nothing is resolved by ARP.
    mutating func addUnattachedInterfaces() {
        let attached = Set(
            model.instances.flatMap(\.networkInterfaces)
                + model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
        for interface in model.networkInterfaces where !attached.contains(interface.logicalID) {
            guard let leg = legs[interface.subnet] else { continue }
            for address in interface.addresses {
                plan.neighbors.append(
                    .init(
                        namespace: LabPlan.vpcNode, index: leg.index, address: address,
                        macAddress: interface.macAddress))
            }
        }
    }
}

extension LabPlan {
    /// The outside host's address, from TEST-NET-2 (RFC 5737).
    package static let outsideAddress = IPAddress.v4(IPv4Address(bits: 0xC633_6401))
    /// The internet gateway's address on the link to it; on AWS it has none.
    package static let gatewayIPv4Address = IPv4Address(bits: 0xC633_64FE)
    static let gatewayAddress = IPAddress.v4(gatewayIPv4Address)
    static let gatewayPrefixLength = 24
    /// For IPv6: unique local addresses (RFC 4193).
    static let ipv6GatewayAddress = IPAddress.v6(IPv6Address(high: 0xFD64_4000 << 32, low: 1))
    static let ipv6OutsideAddress = IPAddress.v6(IPv6Address(high: 0xFD64_4000 << 32, low: 2))
    static let ipv6GatewayPrefixLength = 64
    /// The blocks of public addresses: TEST-NET-3 and TEST-NET-1 (RFC 5737).
    static let publicBlocks = [
        IPPrefix(masking: .v4(IPv4Address(bits: 0xCB00_7100)), length: 24),
        IPPrefix(masking: .v4(IPv4Address(bits: 0xC000_0200)), length: 24),
    ]
    /// The link between `vpc` and `internet`, at both ends.
    package static let gatewayLink = "igw"
}

extension LabPlanBuilder {
    /// The internet gateway is another leg of the router, with an outside host at its other end.
    mutating func addInternetGateway() {
        guard let gateway = model.internetGateway else { return }
        let leg = end(
            LabPlan.vpcNode, LabPlan.gatewayLink, takeIndex(in: LabPlan.vpcNode, from: Self.firstLinkIndex),
            MACAddress(networkInterface: "gateway/\(gateway.logicalID)"))
        let outside = end(
            LabPlan.internetNode, LabPlan.gatewayLink,
            takeIndex(in: LabPlan.internetNode, from: Self.firstLinkIndex),
            MACAddress(networkInterface: "outside/\(gateway.logicalID)"))
        legs[gateway.logicalID] = leg
        plan.cables.append(.init(near: leg, far: outside))
        addGatewayAddresses(
            leg, outside, LabPlan.gatewayAddress, LabPlan.outsideAddress, prefixLength: LabPlan.gatewayPrefixLength)
        if model.usesIPv6 {
            addGatewayAddresses(
                leg, outside, LabPlan.ipv6GatewayAddress, LabPlan.ipv6OutsideAddress,
                prefixLength: LabPlan.ipv6GatewayPrefixLength)
            // An IPv6 address is the same inside and outside.
            for block in model.cidrBlocks where block.family == .ipv6 {
                plan.routes.append(
                    .init(
                        namespace: LabPlan.internetNode, destination: block, gateway: LabPlan.ipv6GatewayAddress,
                        index: outside.index, table: LabPlan.mainTable))
            }
        }
        for block in LabPlan.publicBlocks {
            plan.routes.append(
                .init(
                    namespace: LabPlan.internetNode, destination: block, gateway: LabPlan.gatewayAddress,
                    index: outside.index, table: LabPlan.mainTable))
        }
        for interface in model.networkInterfaces {
            guard case .v4(let address) = interface.publicAddress, case .v4(let own) = interface.address else {
                continue
            }
            plan.publicAddresses.append(.init(address: address, privateAddress: own))
        }
        if let table = gateway.routeTable { addRules(for: leg, table: table) }
    }

    /// The addresses of both ends of the gateway's link, with permanent neighbours.
    private mutating func addGatewayAddresses(
        _ leg: LabPlan.LinkEnd, _ outside: LabPlan.LinkEnd, _ address: IPAddress, _ outsideAddress: IPAddress,
        prefixLength: Int
    ) {
        for (end, other, own, others) in [
            (leg, outside, address, outsideAddress), (outside, leg, outsideAddress, address),
        ] {
            plan.addresses.append(
                .init(namespace: end.namespace, index: end.index, address: own, prefixLength: prefixLength))
            plan.neighbors.append(
                .init(namespace: end.namespace, index: end.index, address: others, macAddress: other.macAddress))
        }
    }
}
