// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import EC2
internal import LabHost
internal import NodeProtocol

struct AWSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws",
        abstract: "Answer like AWS: the AWS CLI's verbs, options and JSON, for the running lab.",
        discussion: """
            Put 'rslab' before a command for AWS; a script that reads AWS's answer can \
            read this one:

              rslab aws ec2 describe-route-servers
              rslab aws ec2 get-route-server-routing-database \\
                  --route-server-id rs-...

            Answers are JSON with AWS's members, without the "schema" of other verbs. \
            Ids are the same for the same template. --query is not built in.

            Exit status as the AWS CLI's: 252 wrong usage; 254 an error from EC2; and 2 \
            if there is no lab to ask.
            """,
        subcommands: [EC2Command.self])

    /// The AWS CLI's exit status for arguments that it does not accept.
    static let wrongUsage: Int32 = 252
    /// Its exit status for an error from the service.
    static let serviceError: Int32 = 254
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

/// A command that is an EC2 operation.
protocol EC2OperationCommand: ParsableCommand {
    static var operation: Operation { get }
    static var abstract: String { get }
    static var discussion: String { get }
    var options: AWSOptions { get }

    /// Carries out the operation on the lab.
    ///
    /// - Returns: EC2's answer.
    /// - Throws: `RouteServerRefusal`, `ServiceError` or `RequestError` if EC2 or the AWS CLI would refuse.
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
