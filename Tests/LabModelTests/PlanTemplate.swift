// SPDX-License-Identifier: MIT-0
import CloudFormation
import VPC

/// A model from a template with one subnet and additional resources.
enum PlanTemplate {
    private static let head = """
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
          Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}

        """

    /// - Parameter resources: YAML, indented by two spaces.
    static func model(_ resources: String) throws -> VPCModel {
        try Template(text: head + resources + "\n", file: "plan.yaml").model()
    }

    /// An instance, with additional lines of user data.
    static func instance(_ name: String, userData: String...) -> String {
        let script = ["#!/bin/bash"] + userData
        return """
              \(name):
                Type: AWS::EC2::Instance
                Properties:
                  SubnetId: !Ref Subnet
                  SourceDestCheck: false
                  UserData:
                    Fn::Base64: |

            """ + script.map { "          \($0)\n" }.joined()
    }

    /// An instance that runs gobgpd.
    static func speaker(_ name: String) -> String {
        instance(
            name, userData: "cat > gobgpd.conf << EOF", "[global.config]", "as = 65001", "router-id = \"10.0.1.10\"",
            "EOF")
    }
}
