// SPDX-License-Identifier: MIT-0
import LabModel
import TestSupport
import Testing
import VPC
import WireFormat

/// What holds of the plan of every template.
@Suite struct LabPlanStructureTests {
    private static let templates: [String] = {
        do {
            return try Fixture.names(in: "templates", suffix: ".yaml")
        } catch {
            preconditionFailure("the fixtures are not there: \(error)")
        }
    }()

    private func ends(_ plan: LabPlan) -> [LabPlan.LinkEnd] { plan.cables.flatMap { [$0.near, $0.far] } }

    @Test(arguments: templates)
    func `no two links of a namespace have the same index, and none the loopback's`(template: String) throws {
        let plan = try Layouts.template(template).plan
        var indices: [String: [Int32]] = [:]
        for end in ends(plan) { indices[end.namespace, default: [LabPlan.loopbackIndex]].append(end.index) }
        for bridge in plan.bridges { indices[bridge.namespace, default: [LabPlan.loopbackIndex]].append(bridge.index) }
        for (namespace, indices) in indices { #expect(Set(indices).count == indices.count, "\(namespace)") }
    }

    @Test(arguments: templates)
    func `every link's name is one that the kernel accepts, and a shortened name has the whole one as its alias`(
        template: String
    ) throws {
        for end in ends(try Layouts.template(template).plan) {
            #expect(InterfaceName(end.name) != nil, "\(end.name)")
            #expect((end.alias == nil) || end.alias.map { LabPlan.linkName($0) } == end.name)
        }
    }

    @Test(arguments: templates)
    func `every address, route and neighbour belongs to a link that exists`(template: String) throws {
        let plan = try Layouts.template(template).plan
        let namespaces = Set(plan.namespaces.map(\.name))
        var links: Set<String> = Set(namespaces.map { "\($0) \(LabPlan.loopbackIndex)" })
        for end in ends(plan) { links.insert("\(end.namespace) \(end.index)") }
        #expect(plan.addresses.allSatisfy { links.contains("\($0.namespace) \($0.index)") })
        #expect(plan.neighbors.allSatisfy { links.contains("\($0.namespace) \($0.index)") })
        #expect(
            plan.routes.allSatisfy { route in
                namespaces.contains(route.namespace)
                    && (route.index.map { links.contains("\(route.namespace) \($0)") } ?? true)
            })
        #expect(plan.rules.allSatisfy { $0.source != nil || $0.namespace == LabPlan.vpcNode })
    }

    @Test(arguments: templates)
    func `what a further interface of a node sends leaves by that interface`(template: String) throws {
        let plan = try Layouts.template(template).plan
        let ends = plan.cables.map(\.far).filter { $0.namespace != LabPlan.vpcNode }
        for end in ends {
            let isFirst = !ends.contains { $0.namespace == end.namespace && $0.index < end.index }
            let own = plan.addresses.filter { $0.namespace == end.namespace && $0.index == end.index }
            for address in own where address.address.family == .ipv4 {
                let rules = plan.rules.filter {
                    $0.namespace == end.namespace && $0.source == IPPrefix(host: address.address)
                }
                #expect(rules.count == (isFirst ? 0 : 1), "\(end.namespace) \(end.name)")
                guard let rule = rules.first else { continue }
                let routes = plan.routes.filter { $0.namespace == end.namespace && $0.table == rule.table }
                // Its subnet, and everything else.
                #expect(routes.count == 2 && routes.allSatisfy { $0.index == end.index })
            }
        }
    }

    @Test(arguments: templates)
    func `every subnet is a bridge that the router and all its interfaces are plugged into`(template: String) throws {
        let layout = try Layouts.template(template)
        for subnet in layout.model.subnets {
            let bridge = try #require(layout.plan.bridges.first { $0.namespace == subnet.name })
            let ports = layout.plan.cables.filter { $0.near.namespace == subnet.name }
            #expect(ports.allSatisfy { $0.near.master == bridge.index && $0.far.master == nil })
            #expect(ports.count { $0.far.namespace == LabPlan.vpcNode } == 1)
            let attached = Set(
                layout.model.instances.flatMap(\.networkInterfaces)
                    + layout.model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
            let interfaces = layout.model.networkInterfaces.filter {
                $0.subnet == subnet.logicalID && attached.contains($0.logicalID)
            }
            #expect(ports.count == interfaces.count + 1)
        }
    }

    @Test(arguments: templates)
    func `no two links have the same MAC address`(template: String) throws {
        let plan = try Layouts.template(template).plan
        let addresses = ends(plan).map(\.macAddress) + plan.bridges.map(\.macAddress)
        #expect(Set(addresses).count == addresses.count)
    }

    @Test(arguments: templates)
    func `the same template gives the same plan`(template: String) throws {
        #expect(try Layouts.template(template).plan == Layouts.template(template).plan)
    }

    // MARK: The floating IP's template

    @Test func `each part of the template is a namespace, in the order in which they are built`() throws {
        let plan = try Layouts.floatingIP().plan
        #expect(
            plan.namespaces.map(\.name) == [
                "vpc", "subnet-az1", "subnet-az2", "subnet2-az2", "rs", "instance-rs-az1", "instance-rs-az2",
                "access-instance", "internet",
            ])
        #expect(plan.namespaces(.routeServer).map(\.name) == ["rs"])
        #expect(plan.namespaces(.instance).count == 3)
    }

    @Test func `the router forwards, endpoints answer for their own address only, instances do neither`() throws {
        let plan = try Layouts.floatingIP().plan
        func value(_ node: String, _ name: String) -> Int? {
            plan.namespaces.first { $0.name == node }?.kernelParameters.last { $0.name == name }?.value
        }
        #expect(value("vpc", "net/ipv4/ip_forward") == 1)
        #expect(value("instance-rs-az1", "net/ipv4/ip_forward") == nil)
        #expect(value("rs", "net/ipv4/conf/all/arp_ignore") == 1)
        #expect(value("rs", "net/ipv4/conf/all/arp_announce") == 2)
        #expect(plan.namespaces.allSatisfy { value($0.name, "net/ipv4/conf/all/rp_filter") == 0 })
    }

    @Test func `a forwarding instance forwards, and marks the replies that it carries`() throws {
        let plan = try Layouts.inspection().plan
        let forwarding = plan.namespaces.filter {
            $0.role == .instance && $0.kernelParameters.contains { $0.name == "net/ipv4/ip_forward" && $0.value == 1 }
        }
        #expect(forwarding.map(\.name) == ["firewall-az1", "firewall-az2"])
        #expect(plan.replyMarks.map(\.namespace) == ["firewall-az1", "firewall-az2"])
        // What a firewall forwards has a longer life than what it writes: nothing that circles lives for ever.
        #expect(plan.replyMarks.allSatisfy { $0.timeToLive < LabPlan.ordinaryTimeToLive })
        #expect(Set(plan.replyMarks.map(\.timeToLive)).count == 2)
    }

    @Test func `the floating IP is on the loopback of those that announce it`() throws {
        let plan = try Layouts.floatingIP().plan
        let floating = plan.addresses.filter { $0.index == LabPlan.loopbackIndex }
        #expect(floating.map(\.namespace) == ["instance-rs-az1", "instance-rs-az2"])
        #expect(floating.allSatisfy { $0.address.description == "172.16.1.1" && $0.prefixLength == 32 })
    }

    @Test func `the router sends no ARP requests`() throws {
        let layout = try Layouts.floatingIP()
        for interface in layout.model.networkInterfaces {
            let known = layout.plan.neighbors.filter { $0.macAddress == interface.macAddress }
            #expect(known.map(\.address) == interface.addresses)
            #expect(known.allSatisfy { $0.namespace == LabPlan.vpcNode })
        }
    }

    @Test func `a public address is translated to the private one of its interface`() throws {
        let layout = try Layouts.inspection()
        let hosts = layout.model.networkInterfaces.filter { $0.publicAddress != nil }
        #expect(hosts.count == 3, "both firewalls and the application host")
        #expect(layout.plan.publicAddresses.map { IPAddress.v4($0.privateAddress) } == hosts.map(\.address))
        #expect(layout.plan.publicAddresses.map { IPAddress.v4($0.address) } == hosts.map(\.publicAddress))
    }

    @Test func `nodes without IPv6 have no IPv6 addresses, routes or rules`() throws {
        let plan = try Layouts.floatingIP().plan
        #expect(plan.addresses.allSatisfy { $0.address.family == .ipv4 })
        #expect(plan.rules.allSatisfy { $0.family == .ipv4 })
        #expect(plan.routes.allSatisfy { $0.destination.family == .ipv4 })
    }

    @Test func `IPv6 beside IPv4 has rules and a link-local address of its own`() throws {
        let layout = try Layouts.template("dual-stack.yaml")
        let plan = layout.plan
        let ofRouter = plan.rules.filter { $0.namespace == LabPlan.vpcNode }
        #expect(ofRouter.count { $0.family == .ipv6 } == ofRouter.count { $0.family == .ipv4 })
        let linkLocal = try prefix("fe80::/64")
        for interface in layout.model.networkInterfaces where !interface.ipv6Addresses.isEmpty {
            let cable = try #require(plan.cables.first { $0.far.macAddress == interface.macAddress })
            let own = plan.addresses.filter { $0.namespace == cable.far.namespace && $0.index == cable.far.index }
            #expect(own.contains { linkLocal.contains($0.address) })
        }
    }

    @Test func `an endpoint that was created later leaves all numbers as they were`() throws {
        let layout = try Layouts.floatingIP()
        var state = layout.state
        let (_, interface) = try state.addEndpoint(inSubnet: try state.subnet("subnet-az1"), ofRouteServer: 0)
        let plan = LabPlan(model: state.model)
        #expect(plan.cables.count == layout.plan.cables.count + 1)
        #expect(plan.cables.filter { $0.far.macAddress != interface.macAddress } == layout.plan.cables)
        #expect(plan.bridges == layout.plan.bridges && plan.namespaces == layout.plan.namespaces)
    }
}
