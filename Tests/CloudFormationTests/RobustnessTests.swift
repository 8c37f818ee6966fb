// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import TestSupport
import Testing
import VPC

/// No text, whatever it is, ends the process.
@Suite struct RobustnessTests {
    /// Reads a text; a refusal must give a reason.
    private func read(_ text: String) -> Bool {
        do throws(TemplateError) {
            _ = try Template(text: text, file: "fuzz.yaml").model()
            return true
        } catch {
            #expect(error.findings.contains { $0.severity == .error })
            #expect(
                error.findings.allSatisfy { finding in
                    (finding.position?.line ?? 0) >= 1 && (finding.position?.column ?? 0) >= 1
                        && !finding.message.isEmpty
                })
            return false
        }
    }

    @Test func `mutated templates never trap`() throws {
        var texts = [Array(BuiltinTemplate.text.utf8)]
        for directory in ["templates", "templates/bad"] {
            for name in try Fixture.names(in: directory, suffix: ".yaml") {
                texts.append(Array(try Fixture.text("\(directory)/\(name)").utf8))
            }
        }
        var generator = Mutation(seed: 0xC10D)
        var accepted = 0
        var rejected = 0
        let rounds = TestLength.rounds(90, long: 600)
        for round in 0..<rounds {
            if read(generator.mutate(texts[round % texts.count])) { accepted += 1 } else { rejected += 1 }
        }
        #expect(accepted > rounds / 120)
        #expect(rejected > rounds / 2)
    }

    @Test func `mutated user data never traps`() throws {
        let before = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
              Instance:
                Type: AWS::EC2::Instance
                Properties:
                  SubnetId: !Ref Subnet
                  UserData:
                    Fn::Base64: |

            """
        let script = """
            #!/bin/bash
            sudo ip a a 172.16.1.1/32 dev lo
            TOKEN=`curl -X PUT "169.254.169.254/latest/api/token" -H "ttl: 21600"`
            IP=$(curl -H "X: $TOKEN" 169.254.169.254/latest/meta-data/local-ipv4 | tr -d '\\n')
            A=$(echo $(echo `hostname -I | awk '{print $1}'`)) && export B="${A:-${IP}}" \\
              C='d'
            aws ec2 modify-instance-attribute --no-source-dest-check --instance-id "$INSTANCE_ID"
            cat > gobgpd.conf <<- EOF
            as = 65001 $A `x` ${B%%.*} $(
            EOF
            if true; then (a; b) | c; fi
            gobgp global rib add 172.16.1.1/32 aspath "65001 65001" -a ipv4 2>&1 &
            """
        var generator = Mutation(seed: 42)
        var understood = 0
        let rounds = TestLength.rounds(60, long: 1000)
        for _ in 0..<rounds {
            let mutated = generator.mutate(Array(script.utf8))
            let lines = mutated.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "          " + $0.filter { !$0.unicodeScalars.contains { $0.value < 32 } } }
            if read(before + lines.joined(separator: "\n") + "\n") { understood += 1 }
        }
        #expect(understood > rounds * 3 / 10)
    }

    @Test func `deep nesting is an error`() {
        #expect(!read(String(repeating: "[", count: 100_000)))
        #expect(!read(String(repeating: "{a: ", count: 100_000)))
        #expect(!read("a: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500)))
        #expect(!read((0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined()))
    }

    @Test func `aliases that multiply are an error`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let references = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(references)]\n"
        }
        #expect(!read(text))
    }

    @Test func `texts that double at every level are an error`() {
        var value = "!Sub \"x${AWS::Region}\""
        for _ in 0..<40 {
            value = "!Sub [\"${A}${A}\", {A: \(value)}]"
        }
        #expect(
            !read(
                """
                Resources:
                  Vpc:
                    Type: AWS::EC2::VPC
                    Properties:
                      CidrBlock: 10.0.0.0/16
                      Tags: [{Key: Name, Value: \(value)}]
                """))
    }

    @Test func `more resources than CloudFormation takes are an error`() {
        let resources = (0...500).map { "  R\($0): {Type: \"Custom::X\", DependsOn: R\($0 + 1)}\n" }.joined()
        #expect(!read("Resources:\n" + resources))
    }

    @Test func `a long chain of references is followed`() throws {
        let count = 100
        let subnets = (1...count).map {
            "  S\($0): {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !GetAtt S\($0 - 1).CidrBlock}}\n"
        }.joined()
        let error = #expect(throws: TemplateError.self) {
            _ = try Template(
                text: """
                    Resources:
                      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
                      S0: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}

                    """ + subnets, file: "t.yaml"
            ).model()
        }
        // Each overlaps all of those before it.
        #expect(error?.findings.count == count * (count + 1) / 2)
    }
}
