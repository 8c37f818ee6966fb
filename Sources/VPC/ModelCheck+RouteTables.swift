// SPDX-License-Identifier: MIT-0
import WireFormat

/// Checks of route tables: what they may contain, and whether their routes work.
extension ModelCheck {
    mutating func checkTables() {
        for subnet in model.subnets where !tables.contains(subnet.routeTable) {
            error(
                subnet.logicalID, "\(subnet.logicalID) uses \(subnet.routeTable), which is not a route table",
                isAboutAbsence: true)
        }
        if let gateway = model.internetGateway, let table = gateway.routeTable, !tables.contains(table) {
            error(
                gateway.logicalID, "\(gateway.logicalID) uses \(table), which is not a route table",
                isAboutAbsence: true)
        }
        if model.routeTables.count(where: \.isMain) != 1 {
            error(model.logicalID, "a VPC has one main route table, not \(model.routeTables.count(where: \.isMain))")
        }
        checkForwarding()
        for table in model.routeTables {
            var destinations: Set<IPPrefix> = []
            for route in table.routes {
                let id = table.logicalID
                if !destinations.insert(route.destination).inserted {
                    error(id, "\(id) has more than one route to \(route.destination)")
                }
                let isOfGateway = model.internetGateway?.routeTable == id
                if isOfGateway {
                    checkGatewayRoute(route, in: id)
                } else {
                    checkSpecificRoute(route, in: id)
                }
                checkTarget(of: route, in: id, isOfGateway: isOfGateway)
                if !isOfGateway, model.cidrBlocks.contains(route.destination) {
                    error(id, "\(id) has a route to \(route.destination), which is the VPC's own block")
                }
                switch route.target {
                case .internetGateway(let gateway) where gateway != model.internetGateway?.logicalID:
                    error(
                        id, "the route to \(route.destination) in \(id) leads to \(gateway), which is not attached",
                        isAboutAbsence: true)
                case .networkInterface(let interface)
                where route.destination.family == .ipv6 && interfaces[interface]?.ipv6Addresses.isEmpty == true:
                    warning(
                        id,
                        "the route to \(route.destination) in \(id) leads to \(interface), which has no IPv6 address")
                case .networkInterface(let interface) where interfaces[interface] == nil:
                    error(
                        id, "the route to \(route.destination) in \(id) leads to \(interface), which does not exist",
                        isAboutAbsence: true)
                default: break
                }
            }
        }
    }

    /// What a gateway's route table may contain (Amazon VPC User Guide, "Gateway route tables", "Rules and
    /// considerations").
    private mutating func checkGatewayRoute(_ route: StaticRoute, in table: String) {
        let object = route.logicalID ?? table
        if case .internetGateway = route.target {
            error(
                object, property: "GatewayId",
                "\(table) is the route table of an internet gateway: its routes must lead to a network interface or a "
                    + "Gateway Load Balancer endpoint, not to an internet gateway")
        }
        guard !model.gatewayDestinations.contains(route.destination) else { return }
        error(
            object, property: "DestinationCidrBlock",
            "\(table) is the route table of an internet gateway: its routes must be to the VPC's whole block or to that "
                + "of one subnet, and \(route.destination) is neither")
    }

    /// A route more specific than the local one (Amazon VPC User Guide, "Subnet route tables").
    private mutating func checkSpecificRoute(_ route: StaticRoute, in table: String) {
        guard
            model.cidrBlocks.contains(where: { $0 != route.destination && $0.contains(route.destination) })
        else { return }
        let object = route.logicalID ?? table
        if !model.subnets.contains(where: { $0.cidrBlocks.contains(route.destination) }) {
            error(
                object, property: "DestinationCidrBlock",
                "a static route inside the VPC's block must be to the whole block of a subnet, and "
                    + "\(route.destination) is not one")
        } else if case .internetGateway = route.target {
            error(
                object, property: "GatewayId",
                "a static route to the subnet \(route.destination) must lead to a network interface, a NAT gateway or a "
                    + "Gateway Load Balancer endpoint")
        }
    }

    private mutating func checkTarget(of route: StaticRoute, in table: String, isOfGateway: Bool) {
        guard case .networkInterface(let name) = route.target, let interface = interfaces[name] else { return }
        let object = route.logicalID ?? table
        guard let instance = model.instances.first(where: { $0.networkInterfaces.contains(name) }) else {
            warning(
                object, property: "NetworkInterfaceId",
                "\(name) is not attached to an instance, so the route to \(route.destination) in \(table) is a blackhole",
                isAboutAbsence: true)
            return
        }
        if isOfGateway, interface.publicAddress == nil { warnOfPrivateTarget(object, instance, table) }
        let isItsOwn = instance.boot.loopbackAddresses.contains { route.destination.contains($0) }
        guard !instance.boot.isForwarding, !isItsOwn else { return }
        warning(
            object,
            "the route to \(route.destination) in \(table) leads to \(instance.logicalID), which does not forward: put "
                + "'sysctl -w net.ipv4.ip_forward=1' into its user data")
    }

    private mutating func warnOfPrivateTarget(_ object: String, _ instance: Instance, _ table: String) {
        warning(
            object,
            "\(instance.logicalID) has no public IP address: AWS then sends it nothing that comes in through the "
                + "internet gateway, whose route table is \(table)")
    }

    /// Instances that forward: their checks must be off, and those that a gateway's table may lead to need public
    /// addresses.
    private mutating func checkForwarding() {
        for instance in model.instances where instance.boot.isForwarding {
            let checked = instance.networkInterfaces.first { interfaces[$0]?.sourceDestinationCheck == true }
            if checked != nil {
                warning(
                    instance.logicalID,
                    "\(instance.logicalID) forwards, and its source/destination check is on, so AWS drops what it "
                        + "forwards: set SourceDestCheck to false")
            }
        }
        let count = model.forwardingSpeakers.count
        if count > VPCModel.forwardingSpeakerCountMax {
            error(
                model.forwardingSpeakers[VPCModel.forwardingSpeakerCountMax].logicalID,
                "\(count) instances forward and speak BGP: rslab can tell \(VPCModel.forwardingSpeakerCountMax) apart")
        }
        guard let table = model.internetGateway?.routeTable else { return }
        let peers = Set(
            model.routeServers.filter { $0.propagations.contains(table) }.flatMap { $0.peers.map(\.address) })
        for instance in model.forwardingSpeakers {
            let interface = instance.networkInterfaces.compactMap { interfaces[$0] }
                .first { $0.addresses.contains { peers.contains($0) } }
            guard let interface, interface.publicAddress == nil else { continue }
            warnOfPrivateTarget(instance.logicalID, instance, table)
        }
    }
}
