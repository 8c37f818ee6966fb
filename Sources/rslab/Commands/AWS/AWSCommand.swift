// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import Glibc
internal import LabHost
internal import NodeProtocol

struct AWSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws",
        abstract: "Answer as AWS would: the AWS CLI's verbs, options and JSON, for the lab that runs.",
        discussion: """
            What follows 'rslab' is what one types for AWS, and a script that reads
            AWS's answer reads this one:

              rslab aws ec2 describe-route-servers
              rslab aws ec2 get-route-server-routing-database \\
                  --route-server-id rs-...

            Answers are JSON with AWS's members, without the "schema" of other verbs.
            Ids are the same for the same template. --query is not built in.

            Exit status as the AWS CLI's: 252 wrong usage; 254 an error of EC2. Beside
            these 2, where there is no lab to ask.
            """,
        subcommands: [EC2Command.self])

    /// What the AWS CLI ends with when it does not take its arguments.
    static let wrongUsage: Int32 = 252
    /// What it ends with when the service answers with an error.
    static let serviceError: Int32 = 254

    /// Runs a command line that begins with `aws`; only its exit status for wrong usage differs from other verbs'.
    static func main(words: [String]) -> Never {
        do {
            var command = try RSLab.parseAsRoot(words)
            try command.run()
            RSLab.exit()
        } catch {
            guard RSLab.exitCode(for: error) == .validationFailure else { RSLab.exit(withError: error) }
            Terminal.write(RSLab.fullMessage(for: error) + "\n")
            Glibc.exit(wrongUsage)
        }
    }
}

struct EC2Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ec2", abstract: "Route servers and route tables (EC2 API 2016-11-15).",
        subcommands: [
            DescribeRouteServers.self, DescribeRouteServerEndpoints.self, DescribeRouteServerPeers.self,
            GetRouteServerRoutingDatabase.self, GetRouteServerAssociations.self, GetRouteServerPropagations.self,
            DescribeRouteTables.self, ModifyRouteServer.self, CreateRouteServerPeer.self, DeleteRouteServerPeer.self,
            CreateRouteServerEndpoint.self, DeleteRouteServerEndpoint.self, EnableRouteServerPropagation.self,
            DisableRouteServerPropagation.self, AssociateRouteServer.self, DisassociateRouteServer.self,
        ])
}

/// A command that is an operation of EC2.
protocol EC2OperationCommand: ParsableCommand {
    static var operation: Operation { get }
    static var abstract: String { get }
    static var discussion: String { get }
    var options: AWSOptions { get }

    /// Carries the operation out on the lab.
    ///
    /// - Returns: what EC2 would answer.
    /// - Throws: `RouteServerRefusal`, `ServiceError` or `RequestError` where EC2 or the AWS CLI would refuse.
    func answer(of lab: Lab) throws -> ShapeValue
}

extension EC2OperationCommand {
    static var discussion: String { "" }

    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: operation.commandName, abstract: abstract, discussion: discussion)
    }

    func run() throws {
        try options.answer(Self.operation, answer)
    }
}
