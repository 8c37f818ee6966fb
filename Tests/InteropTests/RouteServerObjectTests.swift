import BGP
// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import LabHost
import LabModel
import LinuxSystem
import Measurement
import RouteServer
import TestSupport
import Testing
import VPC
import WireFormat

extension InteropTests {
    /// Objects of a route server created and deleted on the running lab.
    @Suite(.timeLimit(.minutes(2)))
    struct RouteServerObjectTests {
        private static let routeServer = "rs1"

        private func code(_ body: () throws -> Void) throws -> String? {
            do {
                try body()
                return nil
            } catch let refusal as RouteServerRefusal {
                return refusal.code
            }
        }

        private func description(of lab: Lab) throws -> RouteServerDescription {
            try #require(try lab.routeServerDescriptions().first)
        }

        private func expectEstablished(_ count: Int, of lab: TestLab) throws {
            try eventually("\(count) sessions") {
                try lab.json(StatusOutput.self, "status").sessions_established == count
            }
        }

        @Test func `a peer is deleted, created anew with BFD, and its route server started anew`() throws {
            try TestLab.with("interop-rs-peer", up: "--bfd", "100x3") { test in
                // Changing a lab locks it for as long as it is open.
                var lab: Lab { get throws { try Lab(opening: RunDirectory(labName: test.name)) } }
                let before = try description(of: try lab)
                #expect(before.peers.allSatisfy { $0.state == .available && $0.bgpStatus == .up })
                let former = try #require(before.peers.first)
                let deleted = try lab.deletePeer(former.peer.resourceID)
                #expect(deleted.peer.state == .deleting)
                #expect(try description(of: try lab).peers.count == 3)
                #expect(try test.events().contains { $0.cause == .route(.peerDeleted(former.peer.id)) })
                #expect(
                    try code { _ = try lab.deletePeer(former.peer.resourceID) } == "InvalidRouteServerPeerId.NotFound")
                #expect(
                    try code { _ = try lab.deleteEndpoint(try #require(before.endpoints.last).endpoint.resourceID) }
                        == "IncorrectState")

                let endpoint = try #require(former.endpoint)
                let created = try lab.createPeer(
                    atEndpoint: endpoint.resourceID, address: former.peer.address, asn: former.peer.asn.value,
                    livenessDetection: .bfd)
                #expect(created.peer.state == .pending)
                #expect(created.peer.peer.resourceID.hasPrefix("rsp-"))
                #expect(created.peer.peer.resourceID != former.peer.resourceID)
                try eventually("the new peer to have a session and BFD") {
                    let peer = try description(of: try lab).peers.last
                    return peer?.state == .available && peer?.bgpStatus == .up && peer?.bfdStatus == .up
                }
                #expect(
                    try code {
                        _ = try lab.createPeer(
                            atEndpoint: endpoint.name, address: former.peer.address, asn: former.peer.asn.value)
                    } == "InvalidRouteServerPeerId.Duplicate")

                let log = try test.run("logs", "rs", "--peers").standardOutput.split(separator: "\n")
                    .filter { $0.contains(created.peer.peer.resourceID) }
                #expect(log.contains { $0.contains("BGPStatus") && $0.contains("UP") })
                #expect(log.contains { $0.contains("BFDStatus") && $0.contains("UP") })

                #expect(try test.run("failover", "--fault", "route-server-restart").status == 0)
                #expect(try test.run("restore").status == 0)
                try expectEstablished(4, of: test)
                #expect(try description(of: try lab).peers.last?.peer.resourceID == created.peer.peer.resourceID)
            }
        }

        @Test func `propagation is disabled and enabled, and an endpoint deleted with its peer`() throws {
            try TestLab.with("interop-rs-propagation") { test in
                // Changing a lab locks it for as long as it is open.
                var lab: Lab { get throws { try Lab(opening: RunDirectory(labName: test.name)) } }
                let before = try description(of: try lab)
                let server = before.resourceID
                let table = try #require(before.propagations.first)
                #expect(table.state == .available && table.routeCount == 1)
                #expect(try lab.routeTables().flatMap(\.routes).contains { $0.origin == .advertisement })
                #expect(
                    try lab.disablePropagation(of: server, toTable: table.table.resourceID).propagation.state
                        == .deleting)
                try eventually("no route in the tables") {
                    try !lab.routeTables().flatMap(\.routes).contains { $0.origin == .advertisement }
                }
                #expect(
                    try code { _ = try lab.disablePropagation(of: server, toTable: table.table.resourceID) }
                        == "InvalidRouteServerId.NotPropagated")
                #expect(
                    try code { _ = try lab.enablePropagation(of: server, toTable: "rtb-9") }
                        == "InvalidRouteTableID.NotFound")
                #expect(
                    try lab.enablePropagation(of: server, toTable: table.table.resourceID).propagation.state == .pending
                )
                try eventually("the route in the table again") {
                    try lab.routeTables().flatMap(\.routes).contains { $0.origin == .advertisement }
                        && description(of: try lab).propagations.map(\.state) == [.available]
                }

                #expect(try code { _ = try lab.disassociate(server, fromVPC: before.vpcID) } == "IncorrectState")
                #expect(
                    try code { _ = try lab.associate(server, withVPC: before.vpcID) }
                        == "InvalidRouteServerId.AlreadyAssociated")
                let endpoint = try #require(before.endpoints.first)
                let peer = try #require(before.peers.first { $0.endpoint == endpoint.endpoint })
                _ = try lab.deletePeer(peer.peer.resourceID)
                #expect(try lab.deleteEndpoint(endpoint.endpoint.resourceID).endpoint.state == .deleting)
                #expect(try description(of: try lab).endpoints.count == before.endpoints.count - 1)
                #expect(
                    try code {
                        _ = try lab.createPeer(
                            atEndpoint: endpoint.endpoint.resourceID, address: peer.peer.address,
                            asn: peer.peer.asn.value)
                    } == "InvalidRouteServerEndpointId.NotFound")
                // Its address in the subnet is free again.
                let another = try lab.createEndpoint(of: server, inSubnet: endpoint.endpoint.subnetID).endpoint
                #expect(another.state == .pending && another.endpoint.resourceID.hasPrefix("rse-"))
                #expect(try description(of: try lab).endpoints.last?.state == .available)
                // Its own group allows nothing in before it has a peer.
                let refused = try test.run(
                    "exec", "instance-rs-az1", "--", "ping", "-n", "-c", "1", "-W", "1", "\(another.endpoint.address)")
                #expect(refused.status == 1)
                #expect(
                    try lab.interfaceDrops().contains {
                        $0.refusal.interface.address == another.endpoint.address
                            && $0.refusal.direction == .ingress
                    })
                let peerOfAnother = try lab.createPeer(
                    atEndpoint: another.endpoint.resourceID, address: peer.peer.address, asn: peer.peer.asn.value)
                #expect(peerOfAnother.peer.endpoint == another.endpoint)
                let dialled = try test.output(
                    of: "/bin/bash", "-c",
                    "exec 3<>/dev/tcp/\(another.endpoint.address)/179 && head -c 16 <&3 | od -An -tx1",
                    on: "instance-rs-az1")
                #expect(dialled.split(whereSeparator: \.isWhitespace).allSatisfy { $0 == "ff" }, "\(dialled)")
                #expect(
                    try code { _ = try lab.createEndpoint(of: server, inSubnet: endpoint.endpoint.subnetID) }
                        == "RouteServerEndpointLimitExceeded")
                _ = try lab.deletePeer(peerOfAnother.peer.peer.resourceID)
                // The rest works, and a restarted route server does not have the endpoint.
                #expect(try test.run("failover", "--fault", "route-server-restart").status == 0)
                #expect(try test.run("restore").status == 0)
                try expectEstablished(3, of: test)
                try eventually("the floating IP to have a route") {
                    try test.json(TablesOutput.self, "tables").propagated.map(\.instance) == ["instance-rs-az1"]
                }
            }
        }
    }
}
