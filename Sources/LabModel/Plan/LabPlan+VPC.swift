// SPDX-License-Identifier: MIT-0
package import VPC
internal import WireFormat

extension LabPlan {
    /// Makes the plan for a model whose references all resolve (`VPCModel.checks()` found no error).
    package init(model: VPCModel) {
        var builder = LabPlanBuilder(model: model)
        builder.build()
        self = builder.plan
    }

    /// The namespace of the VPC's implied router; every lab has exactly one.
    package static let vpcNode = "vpc"
    package static let internetNode = "internet"
    /// The kernel table of the VPC's `local` routes, shared by all its route tables.
    package static let localTable: UInt32 = 1000
    /// The first kernel table of a VPC route table, with all but its `local` routes; the others follow in model order.
    package static let firstRouteTable: UInt32 = 1001

    /// The kernel table number of a VPC route table.
    package static func kernelTable(of logicalID: String, in model: VPCModel) -> UInt32? {
        model.routeTables.firstIndex { $0.logicalID == logicalID }.map { firstRouteTable + UInt32($0) }
    }

    /// The node of a route server: `rs` if there is only one, otherwise its own name.
    package static func node(of routeServer: RouteServerObject, in model: VPCModel) -> String {
        model.routeServers.count == 1 ? "rs" : routeServer.name
    }

    /// The IP time to live of instances that need not be distinguished: the kernel's default.
    package static let ordinaryTimeToLive: UInt8 = 64

    /// The times to live that are told apart on both sides of the router, in the order in which they are given out.
    ///
    /// A host sees each of them as it is or one lower, so no two are neighbours, nor is one a neighbour of the default.
    /// 62 and 63 are what an ordinary host's replies have behind one or two hops.
    private static var distinctTimesToLive: [UInt8] {
        let inStepsOfFour = stride(from: UInt8(128), to: 0, by: -4).filter { $0 != ordinaryTimeToLive }
        let above = stride(from: UInt8(254), to: 128, by: -2)
        let between = stride(from: UInt8(126), to: 2, by: -4).filter { $0 != ordinaryTimeToLive - 2 }
        return inStepsOfFour + above + between
    }

    /// The IP times to live of the instances that may answer for a floating IP, by node.
    ///
    /// Each has its own, so that a reply identifies its sender, and none has the default. The first has 128, which a
    /// test host behind the router sees as 127, as on AWS.
    ///
    /// Those that forward have lower ones than what they forward, and write them into the echo replies that they
    /// forward: a packet that circles between them never gets a longer life.
    package static func timesToLive(in model: VPCModel) -> [String: UInt8] {
        let values = distinctTimesToLive
        let forwarding = model.forwardingSpeakers.map(\.name)
        let marks = zip(forwarding, values.filter { $0 < ordinaryTimeToLive })
        var timesToLive = Dictionary(marks, uniquingKeysWith: { first, _ in first })
        let others = model.answeringInstances.map(\.name).filter { !forwarding.contains($0) }
        for (name, value) in zip(others, values.filter { !timesToLive.values.contains($0) }) {
            timesToLive[name] = value
        }
        return timesToLive
    }
}

struct LabPlanBuilder {
    private static let bridgeIndex: Int32 = 2
    private static let routerPortIndex: Int32 = 3
    private static let firstPortIndex: Int32 = 4
    static let firstLinkIndex: Int32 = 2

    let model: VPCModel
    var plan: LabPlan
    /// The next free interface index of each namespace.
    private var nextIndex: [String: Int32] = [:]
    /// The router's leg in each subnet.
    var legs: [String: LabPlan.LinkEnd] = [:]

    init(model: VPCModel) {
        self.model = model
        plan = LabPlan(name: model.name)
    }

    mutating func build() {
        addNamespaces()
        for subnet in model.subnets {
            addSubnet(subnet)
        }
        for routeServer in model.routeServers {
            addEndpoints(of: routeServer) { !$0.isLaterThanLab }
        }
        for instance in model.instances {
            addInstance(instance)
        }
        addInternetGateway()
        addUnattachedInterfaces()
        addLocalRoutes()
        for table in model.routeTables {
            addRoutes(of: table)
        }
        // Links that existed before keep their numbers.
        for routeServer in model.routeServers {
            addEndpoints(of: routeServer) { $0.isLaterThanLab }
        }
        plan.keepsEdgeTimesToLive = model.hasPeersInOtherSubnets
    }

    private mutating func addNamespaces() {
        let plain = [
            LabPlan.KernelParameter(name: "net/ipv4/conf/all/rp_filter", value: 0),
            LabPlan.KernelParameter(name: "net/ipv4/conf/default/rp_filter", value: 0),
            // No link-local address: IPv6 is silent unless it was given an address.
            LabPlan.KernelParameter(name: "net/ipv6/conf/default/addr_gen_mode", value: 1, isOptional: true),
            LabPlan.KernelParameter(name: "net/ipv6/conf/default/accept_dad", value: 0, isOptional: true),
        ]
        let ipv6 = model.usesIPv6 ? LabPlan.ipv6Parameters : []
        func add(_ name: String, _ role: LabPlan.NamespaceRole, _ parameters: [LabPlan.KernelParameter]) {
            plan.namespaces.append(.init(name: name, role: role, kernelParameters: plain + ipv6 + parameters))
        }
        add(
            LabPlan.vpcNode, .vpc,
            [
                .init(name: "net/ipv4/ip_forward", value: 1),
                .init(name: "net/ipv4/conf/all/send_redirects", value: 0),
                .init(name: "net/ipv4/conf/default/send_redirects", value: 0),
            ] + (model.usesIPv6 ? [.init(name: "net/ipv6/conf/all/forwarding", value: 1)] : []))
        for subnet in model.subnets {
            // On a host with br_netfilter, bridged packets would run through iptables in every namespace.
            add(
                subnet.name, .subnet,
                ["iptables", "ip6tables", "arptables"].map {
                    .init(name: "net/bridge/bridge-nf-call-\($0)", value: 0, isOptional: true)
                })
        }
        for routeServer in model.routeServers {
            // Two links in one segment: each answers, and asks, only with its own address.
            add(
                LabPlan.node(of: routeServer, in: model), .routeServer,
                [
                    .init(name: "net/ipv4/conf/all/arp_ignore", value: 1),
                    .init(name: "net/ipv4/conf/default/arp_ignore", value: 1),
                    .init(name: "net/ipv4/conf/all/arp_announce", value: 2),
                    .init(name: "net/ipv4/conf/default/arp_announce", value: 2),
                ])
        }
        let timesToLive = LabPlan.timesToLive(in: model)
        for instance in model.instances {
            let timeToLive = timesToLive[instance.name] ?? LabPlan.ordinaryTimeToLive
            var parameters =
                [LabPlan.KernelParameter(name: "net/ipv4/ip_default_ttl", value: Int(timeToLive))]
                + (model.usesIPv6 ? LabPlan.hopLimitParameters(Int(timeToLive)) : [])
            if instance.boot.isForwarding {
                parameters += [
                    .init(name: "net/ipv4/ip_forward", value: 1),
                    .init(name: "net/ipv4/conf/all/send_redirects", value: 0),
                    .init(name: "net/ipv4/conf/default/send_redirects", value: 0),
                ]
            }
            add(instance.name, .instance, parameters)
        }
        if model.internetGateway != nil {
            add(LabPlan.internetNode, .internet, [])
        }
    }

    mutating func takeIndex(in namespace: String, from first: Int32) -> Int32 {
        let index = nextIndex[namespace] ?? first
        nextIndex[namespace] = index + 1
        return index
    }

    func end(
        _ namespace: String, _ name: String, _ index: Int32, _ address: MACAddress, master: Int32? = nil
    ) -> LabPlan.LinkEnd {
        let short = LabPlan.linkName(name)
        return .init(
            namespace: namespace, name: short, index: index, macAddress: address, master: master,
            alias: short == name ? nil : name)
    }

    private mutating func addSubnet(_ subnet: Subnet) {
        plan.bridges.append(
            .init(
                namespace: subnet.name, name: "bridge0", index: Self.bridgeIndex,
                macAddress: MACAddress(networkInterface: "bridge/\(subnet.logicalID)")))
        let leg = end(
            LabPlan.vpcNode, subnet.name, takeIndex(in: LabPlan.vpcNode, from: Self.firstLinkIndex),
            MACAddress(networkInterface: "router/\(subnet.logicalID)"))
        legs[subnet.logicalID] = leg
        plan.cables.append(
            .init(
                near: end(
                    subnet.name, LabPlan.vpcNode, Self.routerPortIndex,
                    MACAddress(networkInterface: "router-port/\(subnet.logicalID)"), master: Self.bridgeIndex),
                far: leg))
        plan.addresses.append(
            .init(
                namespace: LabPlan.vpcNode, index: leg.index, address: subnet.routerAddress,
                prefixLength: subnet.cidrBlock.length))
        if let block = subnet.ipv6CIDRBlock, let router = subnet.ipv6RouterAddress {
            plan.addresses.append(
                .init(namespace: LabPlan.vpcNode, index: leg.index, address: router, prefixLength: block.length))
        }
        addRules(for: leg, table: subnet.routeTable)
    }

    /// Joins a network interface to its subnet's bridge, adds its addresses, and tells the router its MAC address.
    @discardableResult
    private mutating func addInterface(
        _ interface: NetworkInterface, to namespace: String, named name: String, port: String
    ) -> LabPlan.LinkEnd? {
        guard let subnet = model.subnets.first(where: { $0.logicalID == interface.subnet }) else { return nil }
        let far = end(namespace, name, takeIndex(in: namespace, from: Self.firstLinkIndex), interface.macAddress)
        plan.cables.append(
            .init(
                near: end(
                    subnet.name, port, takeIndex(in: subnet.name, from: Self.firstPortIndex),
                    MACAddress(networkInterface: "port/\(interface.logicalID)"), master: Self.bridgeIndex),
                far: far))
        // The primary address first: the kernel sends with the first one of a subnet by default.
        for address in interface.addresses {
            guard let block = subnet.cidrBlock(of: address.family) else { continue }
            plan.addresses.append(
                .init(namespace: namespace, index: far.index, address: address, prefixLength: block.length))
            // A VPC knows where its addresses are: nothing is resolved by ARP, so a cold next hop costs nothing there.
            if let leg = legs[interface.subnet] {
                plan.neighbors.append(
                    .init(
                        namespace: LabPlan.vpcNode, index: leg.index, address: address,
                        macAddress: interface.macAddress))
            }
        }
        // The first link of a namespace leads to everything else.
        if far.index == Self.firstLinkIndex {
            addDefaultRoute(by: far, to: subnet)
        } else {
            addSourceRouting(of: interface, in: subnet, by: far)
        }
        if !interface.ipv6Addresses.isEmpty { addIPv6(of: interface, in: subnet, to: far) }
        return far
    }

    /// Adds what an interface needs for IPv6.
    ///
    /// That is a link-local address, to ask for neighbours in its subnet; the router as a permanent neighbour; and the
    /// default route.
    private mutating func addIPv6(of interface: NetworkInterface, in subnet: Subnet, to end: LabPlan.LinkEnd) {
        plan.addresses.append(
            .init(
                namespace: end.namespace, index: end.index, address: .v6(IPv6Address(linkLocal: interface.macAddress)),
                prefixLength: 64))
        guard let router = subnet.ipv6RouterAddress, let leg = legs[interface.subnet] else { return }
        plan.neighbors.append(
            .init(namespace: end.namespace, index: end.index, address: router, macAddress: leg.macAddress))
        if end.index == Self.firstLinkIndex {
            plan.routes.append(
                .init(
                    namespace: end.namespace, destination: IPPrefix(masking: .v6(.any), length: 0), gateway: router,
                    index: end.index, table: LabPlan.mainTable))
        }
    }

    private mutating func addDefaultRoute(by end: LabPlan.LinkEnd, to subnet: Subnet, metric: UInt32? = nil) {
        plan.routes.append(
            .init(
                namespace: end.namespace, destination: IPPrefix(masking: .v4(.any), length: 0),
                gateway: subnet.routerAddress, index: end.index, table: LabPlan.mainTable, metric: metric))
    }

    private mutating func addEndpoints(of routeServer: RouteServerObject, where isMeant: (RouteServerEndpoint) -> Bool)
    {
        for endpoint in routeServer.endpoints where isMeant(endpoint) {
            guard let interface = model.networkInterface(endpoint.networkInterface) else { continue }
            let end = addInterface(
                interface, to: LabPlan.node(of: routeServer, in: model), named: endpoint.name, port: endpoint.name)
            // An endpoint's sockets are bound to its link, so each link needs its own routes to peers in other subnets.
            if let end, end.index != Self.firstLinkIndex,
                let subnet = model.subnets.first(where: { $0.logicalID == interface.subnet })
            {
                addDefaultRoute(by: end, to: subnet, metric: UInt32(end.index))
            }
        }
    }

    private mutating func addInstance(_ instance: Instance) {
        for (device, logicalID) in instance.networkInterfaces.enumerated() {
            guard let interface = model.networkInterface(logicalID) else { continue }
            addInterface(
                interface, to: instance.name, named: "eth\(device)",
                port: device == 0 ? instance.name : interface.name)
        }
        if model.forwardingSpeakers.contains(instance), let mark = LabPlan.timesToLive(in: model)[instance.name] {
            plan.replyMarks.append(.init(namespace: instance.name, timeToLive: mark))
        }
        for prefix in instance.boot.loopbackAddresses {
            plan.addresses.append(
                .init(
                    namespace: instance.name, index: LabPlan.loopbackIndex, address: prefix.address,
                    prefixLength: prefix.length))
        }
    }
}

extension LabPlan {
    /// The link's name for an interface: its own name, or a shortened one of 15 characters.
    package static func linkName(_ name: String) -> String {
        InterfaceName(shortening: name).text
    }
}
