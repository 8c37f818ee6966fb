// SPDX-License-Identifier: MIT-0
import EC2
import Foundation
import TestSupport
import Testing

/// The command line of `rslab aws ec2`.
@Suite(.timeLimit(.minutes(1)), .waits)
struct AWSCommandTests {
    @Test(.requiresServiceModel) func `every option is a member of AWS's request in the AWS CLI's spelling`() throws {
        let help = try HelpDump.printed.get()
        try #require(help.status == 0)
        let (agrees, report) = try ServiceModel.compare(.commands, help.standardOutput)
        #expect(agrees, "\(report)")
    }

    @Test func `every verb is in the help and in the shells' completion`() throws {
        let help = try RSLabCommand.run("help", "aws", "ec2")
        try #require(help.status == 0)
        let words = Set(help.standardOutput.split { $0 == " " || $0 == "\n" })
        let shells = TestLength.isLong ? ["bash", "zsh", "fish"] : ["bash"]
        let scripts = try shells.map { try RSLabCommand.run("completion", $0).standardOutput }
        for operation in EC2.Operation.allCases {
            #expect(words.contains(operation.commandName[...]), "\(operation)")
            #expect(scripts.allSatisfy { $0.contains(operation.commandName) }, "\(operation)")
        }
        #expect(scripts.allSatisfy { $0.contains("route-server-peer-ids") })
    }
}
