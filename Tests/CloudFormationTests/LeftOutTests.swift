// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import Testing
import VPC
import WireFormat

/// What a template may contain but a lab does not have: reported and left out.
@Suite struct LeftOutTests {
    @Test func `an IPv6 route in a VPC without IPv6 is left out, and the others are built`() throws {
        let template = try Template(
            text: """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
                  Gateway: {Type: AWS::EC2::InternetGateway}
                  Attachment:
                    Type: AWS::EC2::VPCGatewayAttachment
                    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
                  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
                  Six:
                    Type: AWS::EC2::Route
                    Properties:
                      RouteTableId: !Ref Table
                      DestinationIpv6CidrBlock: ::/0
                      GatewayId: !Ref Gateway
                  Four:
                    Type: AWS::EC2::Route
                    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}

                """, file: "t.yaml")
        let model = try template.model()
        #expect(model.routeTables.flatMap(\.routes).map(\.destination.description) == ["0.0.0.0/0"])
        #expect(
            template.warnings.map(\.description) == [
                "t.yaml:8:3: warning: Six leads to ::/0, and no subnet has an Ipv6CidrBlock; it is left out"
            ])
    }

    @Test func `names that a lab or the kernel already uses get a number`() throws {
        let names = ["igw", "LO", "init", "all", "Default", "bridge0", "rs", "vpc", "internet", "lab"]
        let subnets = names.enumerated().map { number, name in
            """
              S\(number):
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.\(number).0/24, Tags: [{Key: Name, Value: \(name)}]}

            """
        }
        let model = try Template(
            text: "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n" + subnets.joined(),
            file: "t.yaml"
        ).model()
        #expect(model.subnets.map(\.name) == names.map { "\($0.lowercased())-2" })
    }
}
