// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import Foundation
import RouteServer
import Testing
import WireFormat

@Suite struct PeerLogTests {
    static func lines(_ server: inout SampleRouteServer) throws -> [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try server.machine.takeLogEvents().map {
            let record = $0.record(
                region: "us-east-1", account: "111122223333", epochOffset: .milliseconds(1_746_643_490_000))
            return String(decoding: try encoder.encode(record), as: UTF8.self)
        }
    }

    @Test func `sessions, BFD and routes are logged in AWS's format`() throws {
        var server = SampleRouteServer {
            $0.recordsPeerLog = true
            $0.peers[0].resourceID = "rsp-1234567890abcdef0"
        }
        let peer = PeerID("Peer1")
        server.machine.bfdChanged(peer, isUp: true, at: server.now)
        server.machine.bfdChanged(peer, isUp: true, at: server.now)
        server.establishActive(peer)
        server.establishActive(PeerID("Nobody"))
        server.announce([65001], nextHop: SampleRouteServer.active, from: peer)
        server.now = server.now + .milliseconds(15)
        server.announce([65001, 65002], nextHop: SampleRouteServer.active, med: 100, from: peer)
        server.withdraw(from: peer)
        server.withdraw(from: peer)
        server.machine.bfdChanged(peer, isUp: false, at: server.now)
        server.machine.sessionEnded(peer, cause: .bfdDown(.controlDetectionTimeExpired), at: server.now)
        let arn = #""resource_arn":"arn:aws:ec2:us-east-1:111122223333:route-server-peer/rsp-1234567890abcdef0""#
        func status(_ type: String, _ status: String, _ timestamp: Int) -> String {
            #"{"event_timestamp":\#(timestamp),"message":null,\#(arn),"status":"\#(status)","type":"\#(type)"}"#
        }
        func route(_ status: String, _ path: String, _ med: Int, _ timestamp: Int) -> String {
            #"{"event_timestamp":\#(timestamp),"message":{"asPath":"\#(path)","med":\#(med),"#
                + #""nextHopIp":"10.0.1.203","prefix":"172.16.1.1/32"},\#(arn),"status":"\#(status)","type":"RouteStatus"}"#
        }
        let (first, then) = (1_746_643_490_000, 1_746_643_490_015)
        #expect(
            try PeerLogTests.lines(&server) == [
                status("BFDStatus", "UP", first), status("BGPStatus", "UP", first),
                route("ADVERTISED", "65001", 0, first), route("UPDATED", "65001 65002", 100, then),
                route("WITHDRAWN", "65001 65002", 100, then), status("BFDStatus", "DOWN", then),
                status("BGPStatus", "DOWN", then),
            ])
        #expect(try PeerLogTests.lines(&server).isEmpty)
    }

    @Test func `nothing is logged unless logging is enabled`() {
        var server = SampleRouteServer()
        server.start()
        #expect(server.machine.takeLogEvents().isEmpty)
    }
}
