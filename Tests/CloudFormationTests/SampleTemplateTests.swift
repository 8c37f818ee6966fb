// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import TestSupport
import Testing
import VPC
import WireFormat

/// AWS's own sample, as published.
@Suite struct SampleTemplateTests {
    private let model: VPCModel
    private let warnings: [Finding]

    init() throws {
        let template = try Template(
            text: Fixture.text("templates/aws-sample-rs-cf.yaml"), file: "aws-sample-rs-cf.yaml")
        model = try template.model()
        warnings = template.warnings
    }

    private func prefix(_ text: String) throws -> IPPrefix {
        try #require(IPPrefix(text))
    }

    @Test func `nothing in it is doubtful`() {
        #expect(warnings == [])
        #expect(model.checks() == [])
    }

    @Test func `the VPC and its subnets`() throws {
        #expect(model.logicalID == "MyVPC")
        #expect(model.name == "vpc-rs")
        #expect(model.cidrBlocks == [try prefix("10.0.0.0/16")])
        #expect(
            model.subnets == [
                Subnet(
                    logicalID: "MySubnetAZ1", name: "subnet-az1", cidrBlock: try prefix("10.0.1.0/24"),
                    availabilityZone: "us-east-1a", routeTable: "MyRouteTable1",
                    routerAddress: try #require(IPAddress("10.0.1.1"))),
                Subnet(
                    logicalID: "MySubnetAZ2", name: "subnet-az2", cidrBlock: try prefix("10.0.2.0/24"),
                    availabilityZone: "us-east-1b", routeTable: "MyRouteTable1",
                    routerAddress: try #require(IPAddress("10.0.2.1"))),
                Subnet(
                    logicalID: "MySubnet2AZ2", name: "subnet2-az2", cidrBlock: try prefix("10.0.3.0/24"),
                    availabilityZone: "us-east-1b", routeTable: "MyRouteTable1",
                    routerAddress: try #require(IPAddress("10.0.3.1"))),
            ])
    }

    @Test func `the tables and the way out`() throws {
        #expect(
            model.routeTables == [
                RouteTable(logicalID: "MainRouteTable", name: "main", isMain: true, routes: []),
                RouteTable(
                    logicalID: "MyRouteTable1", name: "routetable-rs", isMain: false,
                    routes: [
                        StaticRoute(
                            destination: try prefix("0.0.0.0/0"), target: .internetGateway("MyInternetGateway"),
                            logicalID: "DefaultRoute1")
                    ]),
            ])
        #expect(model.internetGateway == InternetGateway(logicalID: "MyInternetGateway", name: "igw-rs"))
    }

    @Test func `the route server, its endpoints and peers`() throws {
        let server = try #require(model.routeServers.first)
        #expect(model.routeServers.count == 1)
        #expect(server.logicalID == "MyRouteServer")
        #expect(server.name == "rs1")
        #expect(server.amazonSideASN == 65000)
        #expect(!server.persistRoutes)
        #expect(server.propagations == ["MyRouteTable1"])
        #expect(
            server.endpoints
                == zip(1...4, ["rs1-az1-rse1", "rs1-az1-rse2", "rs1-az2-rse3", "rs1-az2-rse4"]).map { number, name in
                    RouteServerEndpoint(
                        logicalID: "RouteServerEndpoint\(number)", name: name,
                        networkInterface: "RouteServerEndpoint\(number).Eni")
                })
        #expect(
            server.peers
                == (try zip(1...4, ["10.0.1.10", "10.0.1.10", "10.0.2.10", "10.0.2.10"]).map { number, address in
                    RouteServerPeer(
                        logicalID: "Mybgppeer\(number)", name: "routeserverpeer\(number)",
                        endpoint: "RouteServerEndpoint\(number)", address: try #require(IPAddress(address)),
                        asn: 65001, livenessDetection: .bgpKeepalive)
                }))
    }

    @Test func `interfaces have their addresses, and the speakers' checks are off`() {
        let rows = model.networkInterfaces.map { interface in
            "\(interface.logicalID) \(interface.subnet) \(interface.address) \(interface.sourceDestinationCheck) "
                + interface.securityGroups.joined(separator: ",")
        }
        #expect(
            rows == [
                "RouteServerEndpoint1.Eni MySubnetAZ1 10.0.1.4 true ",
                "RouteServerEndpoint2.Eni MySubnetAZ1 10.0.1.5 true ",
                "RouteServerEndpoint3.Eni MySubnetAZ2 10.0.2.4 true ",
                "RouteServerEndpoint4.Eni MySubnetAZ2 10.0.2.5 true ",
                "MyInstanceAZ1.Eni0 MySubnetAZ1 10.0.1.10 false MySecurityGroup",
                "MyInstanceAZ2.Eni0 MySubnetAZ2 10.0.2.10 false MySecurityGroup",
                "MyAccessInstance.Eni0 MySubnet2AZ2 10.0.3.10 true MySecurityGroup",
            ])
    }

    @Test func `the instances boot into a speaker each, the client into none`() throws {
        #expect(model.instances.map(\.name) == ["instance-rs-az1", "instance-rs-az2", "access-instance"])
        #expect(
            model.instances.map(\.networkInterfaces) == [
                ["MyInstanceAZ1.Eni0"], ["MyInstanceAZ2.Eni0"], ["MyAccessInstance.Eni0"],
            ])
        func configuration(_ subnet: Int) -> String {
            """
            [global.config]
            as = 65001
            router-id = "10.0.\(subnet).10"
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.0.\(subnet).4"
                peer-as = 65000
              [[neighbors.afi-safis]]
                [neighbors.afi-safis.config]
                  afi-safi-name = "ipv4-unicast"

            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.0.\(subnet).5"
                peer-as = 65000
              [[neighbors.afi-safis]]
                [neighbors.afi-safis.config]
                  afi-safi-name = "ipv4-unicast"

            """
        }
        let floating = try prefix("172.16.1.1/32")
        #expect(
            model.instances.map(\.boot.speakerConfiguration?.text) == [configuration(1), configuration(2), nil])
        #expect(
            model.instances.map(\.boot.speakerConfiguration?.start) == [
                SourcePosition(line: 269, column: 13), SourcePosition(line: 331, column: 13), nil,
            ])
        #expect(
            model.instances.map { instance in
                var boot = instance.boot
                boot.speakerConfiguration = nil
                return boot
            } == [
                InstanceBoot(
                    loopbackAddresses: [floating],
                    announcements: [
                        SourceWords(
                            words: ["172.16.1.1/32", "-a", "ipv4"], position: SourcePosition(line: 290, column: 13))
                    ]),
                InstanceBoot(
                    loopbackAddresses: [floating],
                    announcements: [
                        SourceWords(
                            words: ["172.16.1.1/32", "aspath", "65001 65001", "-a", "ipv4"],
                            position: SourcePosition(line: 352, column: 13))
                    ]),
                InstanceBoot(),
            ])
    }

    @Test func `the security group lets BGP and ICMP in`() throws {
        let vpc = try prefix("10.0.0.0/16")
        #expect(
            model.securityGroups == [
                SecurityGroup(
                    logicalID: "MySecurityGroup", name: "mysecuritygroup",
                    ingress: [
                        SecurityGroupRule(ipProtocol: "tcp", fromPort: 179, toPort: 179, peer: .block(vpc)),
                        SecurityGroupRule(ipProtocol: "icmp", fromPort: -1, toPort: -1, peer: .block(vpc)),
                    ], egress: nil)
            ])
    }
}
