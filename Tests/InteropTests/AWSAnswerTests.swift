// SPDX-License-Identifier: MIT-0
import EC2
import Foundation
import TestSupport
import Testing

extension InteropTests {
    /// The answers of `rslab aws ec2`, compared with AWS's service model and with the lab.
    @Suite(.timeLimit(.minutes(2)))
    struct AWSAnswerTests {
        @Test(.requiresServiceModel) func `every answer has the shape of AWS's service model`() throws {
            // The sample's security group has no rule for BFD.
            try TestLab.with(
                "interop-aws", up: TestLab.sampleTemplate, "--bfd", "100x3", "--no-security-groups"
            ) { lab in
                let scene = AWSScene(lab)
                let server = try #require(
                    try scene.texts("RouteServerId", of: "RouteServers", .describeRouteServers).first)
                try expectDescriptions(scene, of: server)
                try expectChanges(scene, of: server)
                #expect(Set(scene.answers.map(\.operation)) == Set(EC2.Operation.allCases))
                try scene.expectShapes()
            }
        }

        private func expectDescriptions(_ scene: AWSScene, of server: String) throws {
            let endpoints = try scene.texts(
                "RouteServerEndpointId", of: "RouteServerEndpoints", .describeRouteServerEndpoints)
            #expect(endpoints.count == 4 && endpoints.allSatisfy { $0.hasPrefix("rse-") })
            let peers = try scene.list("RouteServerPeers", .describeRouteServerPeers)
            #expect(peers.compactMap { $0["RouteServerEndpointId"] as? String } == endpoints)
            for peer in peers {
                #expect(peer["BgpStatus"] as? [String: String] == ["Status": "up"])
                #expect(peer["BfdStatus"] as? [String: String] == ["Status": "up"])
            }
            #expect(
                try scene.texts(
                    "VpcId", of: "RouteServerAssociations", .getRouteServerAssociations, "--route-server-id", server)
                    == scene.texts("VpcId", of: "RouteTables", .describeRouteTables, "--max-items", "1"))
            let propagated = try scene.texts(
                "RouteTableId", of: "RouteServerPropagations", .getRouteServerPropagations, "--route-server-id", server)
            let tables = try scene.list(
                "RouteTables", .describeRouteTables, "--filters", "Name=route.origin,Values=Advertisement")
            #expect(tables.compactMap { $0["RouteTableId"] as? String } == propagated)
            let route = try #require(
                (tables.first?["Routes"] as? [[String: Any]])?.first { $0["Origin"] as? String == "Advertisement" })
            #expect(route["IpAddress"] as? String == "10.0.1.10")
            #expect(route["State"] as? String == "active")
            #expect((route["NetworkInterfaceId"] as? String)?.hasPrefix("eni-") == true)
            #expect(
                try scene.texts(
                    "RouteServerId", of: "RouteServers", .describeRouteServers, "--filters", "Name=tag:Name,Values=*")
                    == [server])
        }

        /// Deletes the route server's parts in AWS's order, and creates some of them again.
        private func expectChanges(_ scene: AWSScene, of server: String) throws {
            let ofServer = ["--route-server-id", server]
            let modified = try scene.ask(
                .modifyRouteServer, ofServer[0], server, "--persist-routes", "enable", "--persist-routes-duration", "2")
            let settings = try #require(modified["RouteServer"] as? [String: Any])
            #expect(settings["PersistRoutesState"] as? String == "enabled")
            #expect(settings["PersistRoutesDuration"] as? Int == 2)

            let peers = try scene.list("RouteServerPeers", .describeRouteServerPeers)
            let endpoints = peers.compactMap { $0["RouteServerEndpointId"] as? String }
            for peer in peers.compactMap({ $0["RouteServerPeerId"] as? String }) {
                let deleted = try scene.ask(.deleteRouteServerPeer, "--route-server-peer-id", peer)
                #expect((deleted["RouteServerPeer"] as? [String: Any])?["State"] as? String == "deleting")
                #expect(
                    try scene.errorCode(.deleteRouteServerPeer, "--route-server-peer-id", peer)
                        == "InvalidRouteServerPeerId.NotFound")
            }
            let database = try scene.ask(.getRouteServerRoutingDatabase, ofServer[0], server)
            #expect(database["AreRoutesPersisted"] as? Bool == true)

            let created = try #require(
                try scene.ask(
                    .createRouteServerPeer, "--route-server-endpoint-id", endpoints[0], "--peer-address", "10.0.1.99",
                    "--bgp-options", "PeerAsn=65009,PeerLivenessDetection=bfd")["RouteServerPeer"] as? [String: Any])
            #expect(created["PeerAddress"] as? String == "10.0.1.99")
            #expect(created["BgpStatus"] as? [String: String] == ["Status": "down"])
            try scene.ask(
                .deleteRouteServerPeer, "--route-server-peer-id",
                try #require(created["RouteServerPeerId"] as? String))

            let table = try #require(
                try scene.texts(
                    "RouteTableId", of: "RouteServerPropagations", .getRouteServerPropagations, ofServer[0], server
                ).first)
            for operation in [
                EC2.Operation.disableRouteServerPropagation, .enableRouteServerPropagation,
                .disableRouteServerPropagation,
            ] {
                try eventually("the propagation to be in no change") {
                    let states = try scene.run(.getRouteServerPropagations, ofServer).standardOutput
                    return !states.contains("pending") && !states.contains("deleting")
                }
                try scene.ask(operation, ofServer[0], server, "--route-table-id", table)
            }
            let subnets = try scene.texts("SubnetId", of: "RouteServerEndpoints", .describeRouteServerEndpoints)
            for endpoint in endpoints {
                try scene.ask(.deleteRouteServerEndpoint, "--route-server-endpoint-id", endpoint)
            }
            try createEndpoint(scene, of: server, in: subnets[0])
            let vpc = try #require(
                try scene.texts(
                    "VpcId", of: "RouteServerAssociations", .getRouteServerAssociations, ofServer[0], server
                )
                .first)
            try scene.ask(.disassociateRouteServer, ofServer[0], server, "--vpc-id", vpc)
            #expect(
                try scene.errorCode(.getRouteServerAssociations, ofServer[0], server)
                    == "InvalidRouteServerId.NotAssociated")
            try scene.ask(.associateRouteServer, ofServer[0], server, "--vpc-id", vpc)
        }

        /// A running lab gets another link, and loses it.
        private func createEndpoint(_ scene: AWSScene, of server: String, in subnet: String) throws {
            let created = try #require(
                try scene.ask(.createRouteServerEndpoint, "--route-server-id", server, "--subnet-id", subnet)[
                    "RouteServerEndpoint"] as? [String: Any])
            #expect(created["SubnetId"] as? String == subnet)
            let endpoint = try #require(created["RouteServerEndpointId"] as? String)
            try eventually("the endpoint to be available") {
                try scene.texts("State", of: "RouteServerEndpoints", .describeRouteServerEndpoints) == ["available"]
            }
            try scene.ask(.deleteRouteServerEndpoint, "--route-server-endpoint-id", endpoint)
        }

        @Test func `the four-path database of the sample before, during and after a failover, errors, and pages`()
            throws
        {
            try TestLab.with("interop-aws-database", up: TestLab.sampleTemplate) { lab in
                let scene = AWSScene(lab)
                let server = try #require(
                    try scene.texts("RouteServerId", of: "RouteServers", .describeRouteServers).first)
                try expectDatabase("before", scene, of: server, paths: 4)
                #expect(try lab.run("failover", "--fault", "kill").status == 0)
                try expectDatabase("during", scene, of: server, paths: 2)
                #expect(try lab.run("restore").status == 0)
                try expectDatabase("after", scene, of: server, paths: 4)
                try expectErrors(scene, of: server)
                try expectPages(scene)
            }
        }

        /// Ids are the same for the same template, and answers contain no time: each equals the fixture to the octet.
        private func expectDatabase(
            _ moment: String, _ scene: AWSScene, of server: String, paths: Int
        ) throws {
            try eventually("\(paths) paths \(moment) the failover") {
                let text = try scene.run(.getRouteServerRoutingDatabase, ["--route-server-id", server]).standardOutput
                return text.components(separatedBy: "\"Prefix\"").count - 1 == paths && text.contains("\"installed\"")
            }
            let text = try scene.run(.getRouteServerRoutingDatabase, ["--route-server-id", server]).standardOutput
            #expect(text == (try Fixture.text("aws/sample-routing-database-\(moment).json")), "\(moment)")
        }

        private func expectErrors(_ scene: AWSScene, of server: String) throws {
            let unknown = "rs-0123456789abcdef0"
            let expected: [(String, EC2.Operation, [String])] = [
                ("InvalidRouteServerId.NotFound", .describeRouteServers, ["--route-server-ids", server, unknown]),
                ("InvalidRouteServerId.NotFound", .getRouteServerRoutingDatabase, ["--route-server-id", unknown]),
                ("InvalidRouteServerPeerId.NotFound", .describeRouteServerPeers, ["--route-server-peer-ids", "rsp-0"]),
                ("InvalidRouteTableID.NotFound", .describeRouteTables, ["--route-table-ids", "rtb-0"]),
                ("InvalidParameterValue", .describeRouteServerPeers, ["--filters", "Name=route-server-id,Values=x"]),
                ("DryRunOperation", .describeRouteServers, ["--dry-run"]),
                ("DryRunOperation", .modifyRouteServer, ["--route-server-id", server, "--dry-run"]),
                (
                    "InvalidParameterValue", .modifyRouteServer,
                    ["--route-server-id", server, "--persist-routes", "maybe"]
                ),
                ("MissingParameter", .modifyRouteServer, ["--route-server-id", server, "--persist-routes", "enable"]),
            ]
            for (code, operation, arguments) in expected {
                let result = try scene.run(operation, arguments)
                #expect(result.status == 254)
                #expect(
                    result.standardError.hasPrefix(
                        "\nAn error occurred (\(code)) when calling the \(operation.rawValue) operation: "),
                    "\(result.standardError)")
            }
            for arguments in [
                ["--max-results", "4"], ["--max-results", "x"], ["--bogus"], ["--output", "table"],
                ["--filters", "vpc-id"],
            ] {
                let result = try scene.run(.describeRouteServers, arguments)
                #expect(result.status == 252, "\(arguments): \(result.standardError)")
                #expect(result.standardOutput.isEmpty)
            }
        }

        private func expectPages(_ scene: AWSScene) throws {
            let all = try scene.texts("RouteServerPeerId", of: "RouteServerPeers", .describeRouteServerPeers)
            var seen: [String] = []
            var token: String?
            repeat {
                let part = try scene.run(
                    .describeRouteServerPeers, ["--max-items", "3"] + (token.map { ["--starting-token", $0] } ?? []))
                let peers = try #require(part.json["RouteServerPeers"] as? [[String: Any]])
                seen += peers.compactMap { $0["RouteServerPeerId"] as? String }
                token = part.json["NextToken"] as? String
            } while token != nil
            #expect(seen == all)
        }
    }
}
