// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// Network interfaces and the instances that they belong to.
extension ModelBuilder {
    /// The plan of all interfaces, made on first use.
    func plannedInterfaces() -> InterfacePlan {
        if let interfacePlan { return interfacePlan }
        isPlanningInterfaces = true
        var plan = InterfacePlan()
        for resource in resources {
            switch resource.type {
            case "AWS::EC2::RouteServerEndpoint": planEndpoint(resource, in: &plan)
            case "AWS::EC2::NetworkInterface": planInterface(resource, in: &plan)
            case "AWS::EC2::Instance": planInstance(resource, in: &plan)
            default: break
            }
        }
        attach(in: &plan)
        let blocks = resources(ofType: "Subnet").compactMap { subnet in
            block("CidrBlock", of: subnet).map { (subnet.logicalID, $0) }
        }
        plan.chooseAddresses(blocks: Dictionary(blocks) { first, _ in first }, log: log)
        let ipv6Blocks = resources(ofType: "Subnet").compactMap { subnet in
            block("Ipv6CidrBlock", of: subnet).map { (subnet.logicalID, $0) }
        }
        let assigning = resources(ofType: "Subnet").filter { flag("AssignIpv6AddressOnCreation", of: $0) == true }
        plan.chooseIPv6Addresses(
            blocks: Dictionary(ipv6Blocks) { first, _ in first }, assigning: Set(assigning.map(\.logicalID)), log: log)
        for interface in plan.interfaces {
            register(
                id: ResourceKind.networkInterface.id(of: interface.logicalID), type: "AWS::EC2::NetworkInterface",
                logicalID: interface.logicalID)
            if interface.address == nil { markIncomplete() }
        }
        isPlanningInterfaces = false
        interfacePlan = plan
        return plan
    }

    private func planEndpoint(_ resource: Resource, in plan: inout InterfacePlan) {
        guard let subnet = target("SubnetId", of: resource, types: ["Subnet"]) else { return }
        plan.interfaces.append(
            InterfacePlan.Interface(
                logicalID: InterfacePlan.endpointInterface(resource.logicalID),
                label: "\(nameTag(of: resource) ?? resource.logicalID)-eni", subnet: subnet, isEndpoint: true,
                position: resource.position))
    }

    private func planInterface(_ resource: Resource, in plan: inout InterfacePlan) {
        guard let subnet = target("SubnetId", of: resource, types: ["Subnet"]) else { return }
        var interface = InterfacePlan.Interface(
            logicalID: resource.logicalID, label: nameTag(of: resource) ?? resource.logicalID, subnet: subnet,
            isEndpoint: false, position: resource.position)
        interface.fixedAddress = text("PrivateIpAddress", of: resource).flatMap { IPAddress($0) }
        readAddresses(value("PrivateIpAddresses", of: resource), into: &interface)
        interface.secondaryAddressCount = number("SecondaryPrivateIpAddressCount", of: resource) ?? 0
        readIPv6Addresses(
            value("Ipv6Addresses", of: resource), count: value("Ipv6AddressCount", of: resource), into: &interface)
        interface.sourceDestinationCheck = flag("SourceDestCheck", of: resource) ?? true
        interface.securityGroups = groups(value("GroupSet", of: resource), name: "GroupSet")
        plan.interfaces.append(interface)
    }

    /// Reads the primary address of a list that marks one, and the others.
    private func readAddresses(_ list: Value?, into interface: inout InterfacePlan.Interface) {
        for item in list?.list ?? [] {
            guard let address = item["PrivateIpAddress"]?.text.flatMap({ IPAddress($0) }) else { continue }
            if item["Primary"]?.text.flatMap(PropertyCheck.boolean) == true, interface.fixedAddress == nil {
                interface.fixedAddress = address
            } else {
                interface.fixedSecondaryAddresses.append(address)
            }
        }
    }

    /// Reads a list of IPv6 addresses, or how many to choose.
    private func readIPv6Addresses(_ list: Value?, count: Value?, into interface: inout InterfacePlan.Interface) {
        interface.fixedIPv6Addresses = (list?.list ?? []).compactMap { item in
            guard let text = item["Ipv6Address"], let address = text.text.flatMap({ IPAddress($0) }) else { return nil }
            guard address.family == .ipv6 else {
                log.error(text.position, "Ipv6Address must be an IPv6 address, not \(address)")
                return nil
            }
            return address
        }
        interface.ipv6AddressCount = count?.text.flatMap { Int($0) }
        if list != nil, let count {
            log.error(count.position, "Ipv6AddressCount and Ipv6Addresses exclude each other")
        }
    }

    private func planInstance(_ resource: Resource, in plan: inout InterfacePlan) {
        let label = nameTag(of: resource) ?? resource.logicalID
        let check = flag("SourceDestCheck", of: resource) ?? true
        if let list = value("NetworkInterfaces", of: resource)?.list {
            for property in ["SubnetId", "PrivateIpAddress", "SecurityGroupIds", "Ipv6Addresses", "Ipv6AddressCount"]
            where resource.property(property) != nil {
                log.error(
                    resource.property(property)?.keyPosition ?? resource.position,
                    "\(property) belongs into NetworkInterfaces where an instance has that property")
            }
            planInterfaces(list, of: resource, label: label, check: check, in: &plan)
            return
        }
        guard resource.property("NetworkInterfaces") == nil else { return }
        guard resource.property("SubnetId") != nil else {
            markIncomplete()
            log.error(
                resource.position,
                "\(resource.logicalID) needs SubnetId or NetworkInterfaces: there is no default VPC here")
            return
        }
        guard let subnet = target("SubnetId", of: resource, types: ["Subnet"]) else { return }
        let id = InterfacePlan.instanceInterface(resource.logicalID, index: 0)
        var interface = InterfacePlan.Interface(
            logicalID: id, label: "\(label)-eth0", subnet: subnet, isEndpoint: false, position: resource.position)
        interface.fixedAddress = text("PrivateIpAddress", of: resource).flatMap { IPAddress($0) }
        interface.sourceDestinationCheck = check
        readIPv6Addresses(
            value("Ipv6Addresses", of: resource), count: value("Ipv6AddressCount", of: resource), into: &interface)
        interface.securityGroups =
            groups(value("SecurityGroupIds", of: resource), name: "SecurityGroupIds")
            + groups(value("SecurityGroups", of: resource), name: "SecurityGroups")
        plan.interfaces.append(interface)
        plan.attachments[resource.logicalID] = [id]
    }

    private func planInterfaces(
        _ list: [Value], of resource: Resource, label: String, check: Bool, in plan: inout InterfacePlan
    ) {
        var attached: [(index: Int, interface: String)] = []
        for item in list {
            guard let index = item["DeviceIndex"]?.text.flatMap({ Int($0) }) else { continue }
            if attached.contains(where: { $0.index == index }) {
                log.error(item.position, "\(resource.logicalID) has more than one interface with DeviceIndex \(index)")
                continue
            }
            if let existing = item["NetworkInterfaceId"] {
                if let name = target(of: existing, name: "NetworkInterfaceId", types: ["NetworkInterface"]) {
                    attached.append((index, name))
                }
                continue
            }
            guard let subnetID = item["SubnetId"] else {
                log.error(item.position, "an interface needs NetworkInterfaceId or SubnetId")
                continue
            }
            guard let subnet = target(of: subnetID, name: "SubnetId", types: ["Subnet"]) else { continue }
            var interface = InterfacePlan.Interface(
                logicalID: InterfacePlan.instanceInterface(resource.logicalID, index: index),
                label: "\(label)-eth\(index)", subnet: subnet, isEndpoint: false, position: item.position)
            interface.fixedAddress = item["PrivateIpAddress"]?.text.flatMap { IPAddress($0) }
            readAddresses(item["PrivateIpAddresses"], into: &interface)
            interface.secondaryAddressCount =
                item["SecondaryPrivateIpAddressCount"]?.text.flatMap { Int($0) } ?? 0
            readIPv6Addresses(item["Ipv6Addresses"], count: item["Ipv6AddressCount"], into: &interface)
            interface.sourceDestinationCheck = index == 0 ? check : true
            interface.securityGroups = groups(item["GroupSet"], name: "GroupSet")
            plan.interfaces.append(interface)
            attached.append((index, interface.logicalID))
        }
        plan.attachments[resource.logicalID] = attached.sorted { $0.index < $1.index }.map(\.interface)
        if !attached.contains(where: { $0.index == 0 }) {
            markIncomplete()
            log.error(resource.position, "\(resource.logicalID) has no interface with DeviceIndex 0")
        }
    }

    /// AWS::EC2::NetworkInterfaceAttachment: interfaces in addition to those that the instance itself names.
    private func attach(in plan: inout InterfacePlan) {
        var added: [String: [(index: Int, interface: String)]] = [:]
        for resource in resources(ofType: "NetworkInterfaceAttachment") {
            guard let instance = target("InstanceId", of: resource, types: ["Instance"]),
                let interface = target("NetworkInterfaceId", of: resource, types: ["NetworkInterface"]),
                let index = number("DeviceIndex", of: resource)
            else { continue }
            guard index > 0, added[instance]?.contains(where: { $0.index == index }) != true else {
                log.error(
                    resource.position, "\(instance) has an interface with DeviceIndex \(index) already")
                continue
            }
            added[instance, default: []].append((index, interface))
        }
        for (instance, interfaces) in added {
            plan.attachments[instance, default: []] += interfaces.sorted { $0.index < $1.index }.map(\.interface)
        }
    }

    /// The interface with an id, including one without a resource of its own.
    func interface(of value: Value, name: String, _ plan: InterfacePlan) -> String? {
        target(of: value, name: name, types: ["NetworkInterface"])
    }

    // MARK: Into the model

    func networkInterfaces(_ plan: InterfacePlan, of model: VPCModel) -> [NetworkInterface] {
        let publicAddresses = publicAddresses(plan)
        return plan.interfaces.compactMap { interface in
            let name = names.give(interface.label, fallback: interface.logicalID.lowercased())
            guard let address = interface.address else { return nil }
            var groups = interface.securityGroups
            if groups.isEmpty, !interface.isEndpoint {
                groups = [Self.defaultSecurityGroup]
                usesDefaultSecurityGroup = true
            }
            return NetworkInterface(
                logicalID: interface.logicalID, name: name, subnet: interface.subnet, address: address,
                macAddress: MACAddress(networkInterface: interface.logicalID),
                // An endpoint's interface belongs to AWS, and nothing is forwarded through it.
                sourceDestinationCheck: interface.sourceDestinationCheck,
                secondaryAddresses: interface.secondaryAddresses, ipv6Addresses: interface.ipv6Addresses,
                securityGroups: groups, publicAddress: publicAddresses[interface.logicalID])
        }
    }

    func instances(_ plan: InterfacePlan) -> [Instance] {
        resources(ofType: "Instance").compactMap { resource in
            let name = giveName(to: resource)
            guard let interfaces = plan.attachments[resource.logicalID], !interfaces.isEmpty else { return nil }
            return Instance(
                logicalID: resource.logicalID, name: name, networkInterfaces: interfaces, boot: InstanceBoot())
        }
    }

    /// Reads the user data of every instance, which may turn source/destination checks off.
    func bootInstances(in model: inout VPCModel) {
        for index in model.instances.indices {
            let instance = model.instances[index]
            guard let resource = resource(named: instance.logicalID), let first = instance.networkInterfaces.first,
                let interface = model.networkInterfaces.first(where: { $0.logicalID == first }),
                let value = value("UserData", of: resource), let script = userData(value)
            else { continue }
            let metadata = InstanceMetadata(
                instanceID: instance.id, localIPv4: "\(interface.address)",
                ipv6: interface.ipv6Addresses.first.map { "\($0)" }, macAddress: "\(interface.macAddress)",
                availabilityZone: model.subnets.first { $0.logicalID == interface.subnet }?.availabilityZone ?? "",
                region: Evaluator.region)
            let result = UserDataScript.run(script, in: file, metadata: metadata)
            model.instances[index].boot = result.boot
            var unchecked = result.interfacesWithoutCheck.compactMap { owners[$0]?.logicalID }
            if result.turnsSourceDestinationCheckOff { unchecked.append(first) }
            for position in model.networkInterfaces.indices
            where unchecked.contains(model.networkInterfaces[position].logicalID) {
                model.networkInterfaces[position].sourceDestinationCheck = false
            }
        }
    }

    /// The script in a UserData value, which CloudFormation requires in Base64.
    private func userData(_ value: Value) -> SourcedText? {
        guard let text = value.sourcedText else { return nil }
        if text.isEncoded { return text }
        guard let decoded = Base64.decode(text.text) else {
            log.error(value.position, "UserData must be in Base64: put Fn::Base64 around the script")
            return nil
        }
        return SourcedText(decoded, line: value.position.line)
    }
}
