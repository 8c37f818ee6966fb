// SPDX-License-Identifier: MIT-0
import LabModel
import Testing
import VPC
import WireFormat

@Suite struct LabPlanTests {
    private func timeToLive(of node: String, in plan: LabPlan) -> Int? {
        plan.namespaces.first { $0.name == node }?.kernelParameters
            .first { $0.name == "net/ipv4/ip_default_ttl" }?.value
    }

    // MARK: Peers in other subnets

    private func peering(peerAt address: String) throws -> LabPlan {
        let endpoints = ["First", "Second"].map {
            "  \($0): {Type: AWS::EC2::RouteServerEndpoint, Properties: {RouteServerId: !Ref Server, SubnetId: !Ref Subnet}}\n"
        }
        return LabPlan(
            model: try PlanTemplate.model(
                """
                  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
                  Router:
                    Type: AWS::EC2::Instance
                    Properties: {SubnetId: !Ref Other, PrivateIpAddress: 10.0.2.10, SourceDestCheck: false}
                  Near:
                    Type: AWS::EC2::Instance
                    Properties: {SubnetId: !Ref Subnet, PrivateIpAddress: 10.0.1.10, SourceDestCheck: false}
                  Server: {Type: AWS::EC2::RouteServer, Properties: {AmazonSideAsn: 65000}}
                  Association: {Type: AWS::EC2::RouteServerAssociation, Properties: {RouteServerId: !Ref Server, VpcId: !Ref Vpc}}
                \(endpoints.joined())
                  Peer:
                    Type: AWS::EC2::RouteServerPeer
                    Properties: {RouteServerEndpointId: !Ref First, PeerAddress: \(address), BgpOptions: {PeerAsn: 65001}}
                """))
    }

    @Test func `each endpoint's link leads to other subnets by itself`() throws {
        let defaults = try peering(peerAt: "10.0.2.10").routes.filter {
            $0.namespace == "rs" && $0.destination.length == 0 && $0.table == LabPlan.mainTable
        }
        #expect(defaults.map(\.index) == [2, 3])
        #expect(defaults.map(\.metric) == [nil, 3])
    }

    @Test(arguments: [("10.0.2.10", true), ("10.0.1.10", false), ("10.0.2.99", false)])
    func `the router leaves times to live unchanged where a session crosses it`(address: String, keeps: Bool) throws {
        #expect(try peering(peerAt: address).keepsEdgeTimesToLive == keeps)
    }

    // MARK: Times to live

    @Test func `speakers have times to live of their own, all other instances the kernel's default`() throws {
        let model = try PlanTemplate.model(
            PlanTemplate.instance("First") + PlanTemplate.speaker("Second") + PlanTemplate.instance("Third")
                + PlanTemplate.speaker("Fourth"))
        #expect(LabPlan.timesToLive(in: model) == ["second": 128, "fourth": 124])
        let plan = LabPlan(model: model)
        #expect(["first", "second", "third", "fourth"].map { timeToLive(of: $0, in: plan) } == [64, 128, 64, 124])
    }

    @Test func `an instance with a floating IP and no speaker has a time to live of its own, too, after the speakers`()
        throws
    {
        let model = try PlanTemplate.model(
            PlanTemplate.instance("Fallback", userData: "ip address add 172.16.1.1/32 dev lo")
                + PlanTemplate.speaker("Speaker"))
        #expect(LabPlan.timesToLive(in: model) == ["speaker": 128, "fallback": 124])
    }

    @Test func `as many speakers as are allowed can be distinguished on both sides of the router`() throws {
        let speakers = (1...VPCModel.answeringInstanceCountMax).map { PlanTemplate.speaker("S\($0)") }.joined()
        let model = try PlanTemplate.model(speakers + PlanTemplate.instance("Plain"))
        let values = LabPlan.timesToLive(in: model)
        #expect(values.count == VPCModel.answeringInstanceCountMax)
        #expect(values["plain"] == nil)
        let ordinary = LabPlan.ordinaryTimeToLive
        let seen = values.values.flatMap { [$0, $0 - 1] } + [ordinary, ordinary - 1, ordinary - 2]
        #expect(Set(seen).count == 2 * VPCModel.answeringInstanceCountMax + 3)
        // What leaves by the router must still arrive.
        #expect(values.values.allSatisfy { $0 > 2 })
    }

    // MARK: Addresses and routes

    @Test func `secondary addresses are on the link, behind the primary one, and the router knows all of them`() throws
    {
        let plan = LabPlan(
            model: try PlanTemplate.model(
                """
                  Interface:
                    Type: AWS::EC2::NetworkInterface
                    Properties:
                      SubnetId: !Ref Subnet
                      PrivateIpAddresses:
                        - {PrivateIpAddress: 10.0.1.31, Primary: false}
                        - {PrivateIpAddress: 10.0.1.30, Primary: true}
                      SecondaryPrivateIpAddressCount: 1
                  Instance:
                    Type: AWS::EC2::Instance
                    Properties: {NetworkInterfaces: [{DeviceIndex: 0, NetworkInterfaceId: !Ref Interface}]}
                """))
        let addresses = plan.addresses.filter { $0.namespace == "instance" }
        #expect(
            addresses.map { "\($0.address)/\($0.prefixLength)" } == ["10.0.1.30/24", "10.0.1.31/24", "10.0.1.10/24"])
        #expect(Set(addresses.map(\.index)).count == 1)
        #expect(plan.neighbors.map(\.address) == addresses.map(\.address))
        #expect(Set(plan.neighbors.map(\.macAddress)) == [MACAddress(networkInterface: "Interface")])
        #expect(plan.routes.count { $0.namespace == "instance" } == 1)
    }

    @Test func `a route to an IPv6 block is not planned in a VPC without IPv6`() throws {
        var model = try PlanTemplate.model(PlanTemplate.instance("Instance"))
        let interface = try #require(model.networkInterfaces.first).logicalID
        let destinations = [try #require(IPPrefix("::/0")), try #require(IPPrefix("192.0.2.0/24"))]
        model.routeTables[0].routes = destinations.map { .init(destination: $0, target: .networkInterface(interface)) }
        let planned = LabPlan(model: model).routes.map(\.destination)
        #expect(planned.contains(destinations[1]))
        #expect(planned.allSatisfy { $0.family == .ipv4 })
    }

    // MARK: Names

    @Test func `no two links of a namespace have the same name, whatever the template calls its parts`() throws {
        let named = ["all", "bridge0", "default", "igw", "init", "internet", "lab", "lo", "rs", "vpc", "web-eth1"]
        let instances = named.enumerated().map { number, name in
            """
              I\(number):
                Type: AWS::EC2::Instance
                Properties: {SubnetId: !Ref Subnet, Tags: [{Key: Name, Value: \(name)}]}

            """
        }
        let subnets = named.enumerated().map { number, name in
            """
              S\(number):
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.\(number + 2).0/24, Tags: [{Key: Name, Value: \(name)}]}

            """
        }
        let model = try PlanTemplate.model(
            """
              Web:
                Type: AWS::EC2::Instance
                Properties:
                  NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Subnet}, {DeviceIndex: 1, SubnetId: !Ref Subnet}]
              Gateway: {Type: AWS::EC2::InternetGateway}
              Attachment:
                Type: AWS::EC2::VPCGatewayAttachment
                Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}

            """ + instances.joined() + subnets.joined())
        let plan = LabPlan(model: model)
        #expect(Set(plan.namespaces.map(\.name)).count == plan.namespaces.count)
        #expect(Set(plan.namespaces.map(\.name)).isDisjoint(with: ["all", "default", "init", "lab", "rs"]))
        var names: [String: [String]] = [:]
        for end in plan.cables.flatMap({ [$0.near, $0.far] }) { names[end.namespace, default: ["lo"]].append(end.name) }
        for bridge in plan.bridges { names[bridge.namespace, default: ["lo"]].append(bridge.name) }
        for (namespace, links) in names {
            #expect(Set(links).count == links.count, "\(namespace): \(links.sorted())")
            #expect(Set(links).isDisjoint(with: ["all", "default"]), "\(namespace): \(links.sorted())")
        }
    }
}
