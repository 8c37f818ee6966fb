// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import Testing
import VPC
import WireFormat

/// Each function's effect on a tag's value, seen in the name of a subnet.
@Suite struct IntrinsicFunctionTests {
    private func name(_ value: String, parameters: [String: String] = [:]) throws -> String {
        let text = """
            Parameters:
              Word: {Type: String, Default: word}
              Words: {Type: CommaDelimitedList, Default: "one, two"}
              Ami: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/ami}
            Mappings:
              Names: {us-east-1: {short: east}, us-west-2: {short: west}}
            Conditions:
              IsWord: !Equals [!Ref Word, word]
              IsOther: {"Fn::Not": [{Condition: IsWord}]}
              Both: !And [!Condition IsWord, !Condition IsOther]
              Either: !Or [!Condition IsWord, !Condition IsOther]
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: "true"}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties:
                  VpcId: !Ref Vpc
                  CidrBlock: 10.0.1.0/24
                  Tags:
                    - Key: Name
                      Value: \(value)
            """
        let model = try Template(text: text, file: "t.yaml", parameters: parameters).model()
        return try #require(model.subnets.first).name
    }

    @Test(arguments: [
        ("!Ref Word", "word"),
        ("{Ref: Word}", "word"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::StackName", "rslab"),
        ("!Sub \"${AWS::AccountId}-${AWS::Partition}-${AWS::URLSuffix}\"", "123456789012-aws-amazonaws-com"),
        ("!Sub \"a-${Word}-${Vpc.CidrBlock}\"", "a-word-10-0-0-0-16"),
        ("!Sub [\"${A}-${Word}-${!B}\", {A: !Ref Word}]", "word-word-b"),
        ("{\"Fn::Sub\": \"x${Word}\"}", "xword"),
        ("!GetAtt Vpc.CidrBlock", "10-0-0-0-16"),
        ("!GetAtt [Vpc, CidrBlock]", "10-0-0-0-16"),
        ("{\"Fn::GetAtt\": [Vpc, CidrBlock]}", "10-0-0-0-16"),
        ("{\"Fn::GetAtt\": Vpc.CidrBlock}", "10-0-0-0-16"),
        ("!Select [1, !GetAZs \"\"]", "us-east-1b"),
        ("!Select [\"0\", !Ref Words]", "one"),
        ("!Select [1, !Ref Words]", "two"),
        ("!Select [2, !GetAZs us-west-2]", "us-west-2c"),
        ("!Select [1, !Split [\",\", \"a,b,c\"]]", "b"),
        ("!Join [\"-\", [a, !Ref Word, c]]", "a-word-c"),
        ("!Join [\"\", !Ref Words]", "onetwo"),
        ("!FindInMap [Names, !Ref \"AWS::Region\", short]", "east"),
        ("!FindInMap [Names, nowhere, short, {DefaultValue: none}]", "none"),
        ("!If [IsWord, yes, no]", "yes"),
        ("!If [IsOther, a, b]", "b"),
        ("!If [Both, a, !If [Either, c, d]]", "c"),
        ("!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]", "10-0-1-0-24"),
        ("!Select [1, !Cidr [\"2001:db8:0:1a00::/56\", 256, 64]]", "2001-db8-0-1a01-64"),
        ("!Select [255, !Cidr [\"2001:db8:0:1a00::/56\", 256, 64]]", "2001-db8-0-1aff-64"),
        ("!Base64 text", "text"),
        ("123", "123"),
        ("!Ref Ami", "aws-ami"),
    ])
    func `a function gives its value`(value: String, expected: String) throws {
        #expect(try name(value) == expected)
    }

    @Test func `a parameter's value replaces its default`() throws {
        #expect(try name("!If [IsWord, a, !Ref Word]", parameters: ["Word": "other"]) == "other")
    }

    @Test func `AWS NoValue takes a property away`() throws {
        #expect(try name("x\n          AvailabilityZone: !Ref AWS::NoValue") == "x")
        #expect(try name("!If [IsWord, y, !Ref AWS::NoValue]") == "y")
    }

    @Test func `a resource whose condition is false is not created`() throws {
        let text = """
            Conditions:
              Never: !Equals [a, b]
              Always: !Not [!Condition Never]
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16}
              SubnetA:
                Type: AWS::EC2::Subnet
                Condition: Never
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
              SubnetB:
                Type: AWS::EC2::Subnet
                Condition: Always
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
            """
        let model = try Template(text: text, file: "t.yaml").model()
        #expect(model.subnets.map(\.logicalID) == ["SubnetB"])
    }

    @Test func `JSON is read like YAML`() throws {
        let text = """
            {
            \t"Resources": {
            \t\t"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0\\/16"}},
            \t\t"Subnet": {
            \t\t\t"Type": "AWS::EC2::Subnet",
            \t\t\t"Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 1, 8]}]}}
            \t\t}
            \t}
            }
            """
        let model = try Template(text: text, file: "t.json").model()
        #expect(model.subnets.map(\.cidrBlock.description) == ["10.0.0.0/24"])
        #expect(model.name == "vpc")
    }
}
