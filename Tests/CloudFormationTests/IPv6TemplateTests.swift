// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import TestSupport
import Testing
import VPC
import WireFormat

/// IPv6 next to IPv4, as in real templates.
@Suite struct IPv6TemplateTests {
    private static let head = """
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}

        """
    private static let provided = """
          Block:
            Type: AWS::EC2::VPCCidrBlock
            Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}

        """
    private static let fixed = """
          Block:
            Type: AWS::EC2::VPCCidrBlock
            Properties: {VpcId: !Ref Vpc, Ipv6CidrBlock: "2001:db8:0:1a00::/56"}
          Subnet:
            Type: AWS::EC2::Subnet
            DependsOn: Block
            Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, Ipv6CidrBlock: "2001:db8:0:1a01::/64"}

        """

    private func template(_ resources: String) throws -> Template {
        try Template(text: Self.head + resources + "\n", file: "t.yaml")
    }

    private func model(_ resources: String) throws -> VPCModel {
        try template(resources).model()
    }

    @Test func `the dual-stack fixture gives every subnet, instance and table both families`() throws {
        let template = try Template(text: Fixture.text("templates/dual-stack.yaml"), file: "dual-stack.yaml")
        let model = try template.model()
        #expect(template.warnings == [])
        let block = try #require(model.cidrBlocks.last)
        #expect(block.length == 56)
        #expect(IPPrefix("2001:db8::/32")?.contains(block) == true)
        #expect(model.subnets.compactMap(\.ipv6CIDRBlock?.length) == [64, 64, 64])
        #expect(model.subnets.allSatisfy { $0.ipv6CIDRBlock.map(block.contains) ?? false })
        for instance in model.instances {
            let addresses = model.addresses(of: instance)
            #expect(addresses.map(\.family) == [.ipv4, .ipv6])
            #expect(addresses.last?.description.hasSuffix("::10") == true)
        }
        let endpoints = model.routeServers.flatMap(\.endpoints).compactMap {
            model.networkInterface($0.networkInterface)
        }
        #expect(endpoints.allSatisfy { $0.ipv6Addresses.isEmpty })
        #expect(model.routeTables.last?.routes.map(\.destination.description) == ["0.0.0.0/0", "::/0"])
        #expect(model.securityGroups.first?.ingress.last?.peer == .block(block))
    }

    @Test func `a block of Amazon's is the same for the same template, and can be cut as templates cut it`() throws {
        let subnet = """
              Subnet:
                Type: AWS::EC2::Subnet
                DependsOn: Block
                Properties:
                  VpcId: !Ref Vpc
                  CidrBlock: 10.0.1.0/24
                  Ipv6CidrBlock: !Join
                    - ""
                    - - !Select [0, !Split ["00::/56", !Select [0, !GetAtt Vpc.Ipv6CidrBlocks]]]
                      - "07::/64"
            """
        let model = try model(Self.provided + subnet)
        #expect(model == (try self.model(Self.provided + subnet)))
        let block = try #require(model.cidrBlocks.last)
        let part = try #require(model.subnets.first?.ipv6CIDRBlock)
        #expect(block.contains(part))
        #expect(part.description.hasSuffix("07::/64"))
    }

    @Test func `addresses are fixed, counted, or given because the subnet says so`() throws {
        let instances = """
              Fixed:
                Type: AWS::EC2::Instance
                Properties: {SubnetId: !Ref Subnet, Ipv6Addresses: [{Ipv6Address: "2001:db8:0:1a01::10"}]}
              Counted:
                Type: AWS::EC2::Instance
                Properties: {NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Subnet, Ipv6AddressCount: 2}]}
              None: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet}}
              Assigning:
                Type: AWS::EC2::Subnet
                DependsOn: Block
                Properties:
                  VpcId: !Ref Vpc
                  CidrBlock: 10.0.2.0/24
                  Ipv6CidrBlock: "2001:db8:0:1a02::/64"
                  AssignIpv6AddressOnCreation: true
              Given: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Assigning}}
              Refusing: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Assigning, Ipv6AddressCount: 0}}
            """
        let model = try model(Self.fixed + instances)
        let addresses = model.instances.map { model.addresses(of: $0).dropFirst().map(\.description) }
        #expect(
            addresses == [
                ["2001:db8:0:1a01::10"], ["2001:db8:0:1a01::11", "2001:db8:0:1a01::12"], [],
                ["2001:db8:0:1a02::10"], [],
            ])
    }

    @Test(arguments: [
        (
            "CidrBlock: 10.0.2.0/24, Ipv6CidrBlock: \"2001:db8:0:1a01::/64\"",
            "overlaps Subnet 2001:db8:0:1a01::/64"
        ),
        ("CidrBlock: 10.0.2.0/24, Ipv6CidrBlock: \"2001:db8:0:1b00::/64\"", "lies outside the VPC's"),
        (
            "CidrBlock: 10.0.2.0/24, Ipv6CidrBlock: \"2001:db8:0:1a02::/66\"",
            "must be an IPv6 block of /44 to /64 in steps of four"
        ),
        ("CidrBlock: 10.0.2.0/24, AssignIpv6AddressOnCreation: true", "it has no Ipv6CidrBlock"),
    ])
    func `a subnet that AWS would refuse is reported with its line`(properties: String, message: String) throws {
        let text = Self.fixed + "  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, \(properties)}}"
        let error = try #require(throws: TemplateError.self) { try model(text) }
        let finding = try #require(error.findings.first)
        #expect(error.findings.count == 1)
        #expect(finding.description.hasPrefix("t.yaml:10:"), "\(finding)")
        #expect(finding.message.contains(message), "\(finding)")
    }

    @Test(arguments: [
        ("Ipv6Addresses: [{Ipv6Address: \"2001:db8:0:1a02::10\"}]", "lies outside the subnet"),
        ("Ipv6Addresses: [{Ipv6Address: \"2001:db8:0:1a01::3\"}]", "is one of the five that AWS reserves"),
        ("Ipv6Addresses: [{Ipv6Address: 10.0.1.77}]", "must be an IPv6 address"),
        (
            "Ipv6AddressCount: 1, Ipv6Addresses: [{Ipv6Address: \"2001:db8:0:1a01::10\"}]",
            "exclude each other"
        ),
    ])
    func `an address that AWS would refuse is reported with its line`(property: String, message: String) throws {
        let text = Self.fixed + "  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, \(property)}}"
        let error = try #require(throws: TemplateError.self) { try model(text) }
        let finding = try #require(error.findings.first)
        #expect(finding.description.hasPrefix("t.yaml:10:"), "\(finding)")
        #expect(finding.message.contains(message), "\(finding)")
    }
}
