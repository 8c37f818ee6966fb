// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct FailoverTests {
    @Test func `four paths give one winner and one write per table`() throws {
        var server = SampleRouteServer()
        for peer in SampleRouteServer.activePeers {
            server.establishActive(peer)
        }
        let outputs = server.drain()
        #expect(
            tableChanges(outputs) == [
                TableChange(
                    kernelTable: 100, table: "RouteTable", prefix: SampleRouteServer.floatingIP,
                    nextHop: SampleRouteServer.active, networkInterface: "eni-az1")
            ])
        server.confirmAll(outputs)
        server.start()

        let routes = server.machine.database().routes
        #expect(routes.count == 4)
        #expect(routes.map(\.status) == [.inFIB, .inRIB, .inRIB, .inRIB])
        // Router ids are equal, so the lower endpoint address wins: 10.0.1.136.
        let winner = try #require(routes.first)
        #expect(winner.peer == PeerID("Peer2"))
        #expect(winner.installations.map(\.table) == ["RouteTable"])
        #expect(winner.installations.map(\.status) == [.installed])
        #expect(winner.networkInterface == "eni-az1")
        #expect(winner.instance == "instance-rs-az1")
        #expect(routes.dropFirst().allSatisfy { $0.installations.isEmpty })
    }

    @Test func `the standby with the longer path is not written`() {
        var server = SampleRouteServer()
        server.start()
        let standby = SampleRouteServer.standbyPeers[0]
        server.withdraw(from: standby)
        server.announce([65001, 65001, 65001], nextHop: SampleRouteServer.standby, from: standby)
        #expect(server.drain().isEmpty)
    }

    @Test(arguments: SampleRouteServer.activePeers)
    func `losing one of the active's two sessions writes no table`(peer: PeerID) {
        var server = SampleRouteServer()
        server.start()
        server.machine.sessionEnded(peer, cause: .holdTimerExpired, at: server.now)
        #expect(tableChanges(server.drain()).isEmpty)
        #expect(server.machine.database().routes.first?.nextHop == SampleRouteServer.active)
        #expect(server.machine.database().routes.first?.installations.first?.status == .installed)
    }

    @Test func `losing both sessions of the active moves the prefix to the standby`() throws {
        var server = SampleRouteServer()
        server.start()
        server.now = Instant(nanoseconds: 5_000_000_000)
        server.machine.sessionEnded(PeerID("Peer1"), cause: .holdTimerExpired, at: server.now)
        #expect(server.drain().isEmpty)
        server.machine.sessionEnded(PeerID("Peer2"), cause: .holdTimerExpired, at: server.now)
        let outputs = server.drain()
        #expect(
            tableChanges(outputs) == [
                TableChange(
                    kernelTable: 100, table: "RouteTable", prefix: SampleRouteServer.floatingIP,
                    nextHop: SampleRouteServer.standby, networkInterface: "eni-az2")
            ])
        let best = try #require(bestPathChanges(outputs).first)
        #expect(best.winner?.peer.id == PeerID("Peer3"))
        #expect(best.previous?.peer.id == PeerID("Peer2"))
        #expect(best.reason == .peerAddress)
        #expect(best.at == server.now)
        #expect(best.cause == .sessionEnded(PeerID("Peer2"), .holdTimerExpired))
    }

    @Test func `the returning active takes the prefix back`() {
        var server = SampleRouteServer()
        server.start()
        for peer in SampleRouteServer.activePeers {
            server.machine.sessionEnded(peer, cause: .closedByPeer(.reset), at: server.now)
        }
        server.confirmAll(server.drain())
        server.establishActive(PeerID("Peer1"))
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.active])
        #expect(bestPathChanges(outputs).map(\.reason) == [.asPathLength])
        #expect(bestPathChanges(outputs).map(\.cause) == [.advertised(PeerID("Peer1"))])
    }

    @Test func `a withdrawal of both paths moves the prefix while the sessions stay`() {
        var server = SampleRouteServer()
        server.start()
        server.withdraw(from: PeerID("Peer2"))
        #expect(tableChanges(server.drain()).isEmpty)
        server.withdraw(from: PeerID("Peer1"))
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.standby])
        #expect(bestPathChanges(outputs).map(\.cause) == [.withdrawn(PeerID("Peer1"))])
    }

    @Test func `the loss of the last path removes the route from the table`() {
        var server = SampleRouteServer()
        server.start()
        for peer in SampleRouteServer.activePeers + SampleRouteServer.standbyPeers {
            server.machine.sessionEnded(peer, cause: .closedByPeer(.reset), at: server.now)
        }
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.standby, nil])
        #expect(bestPathChanges(outputs).last?.winner == nil)
        #expect(server.machine.database().routes.isEmpty)
    }

    @Test func `the end of a session gives the changes of all its prefixes at once, in order`() {
        var server = SampleRouteServer()
        server.start()
        let prefixes = (0..<50).map { prefix("10.\(100 + $0).0.0/16") }
        server.announce([65001], nextHop: SampleRouteServer.active, prefixes: prefixes, from: PeerID("Peer1"))
        #expect(tableChanges(server.drain()).count == 50)
        server.machine.sessionEnded(PeerID("Peer1"), cause: .closedByPeer(.reset), at: server.now)
        let changes = tableChanges(server.drain())
        #expect(changes.map(\.prefix) == prefixes)
        #expect(changes.allSatisfy { $0.nextHop == nil })
    }

    @Test func `messages without a session are ignored`() {
        var server = SampleRouteServer()
        server.announce([65001], nextHop: SampleRouteServer.active, from: PeerID("Peer1"))
        server.announce([65001], nextHop: SampleRouteServer.active, from: PeerID("Nobody"))
        server.machine.sessionEnded(PeerID("Peer1"), cause: .stopped, at: server.now)
        #expect(server.drain().isEmpty)
    }
}
