// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct ProgrammingDelayTests {
    static func server(_ delays: ProgrammingDelays) -> SampleRouteServer {
        var server = SampleRouteServer { $0.delays = delays }
        server.start()
        server.now = server.now + .seconds(1000)
        server.machine.timeReached(at: server.now)
        server.confirmAll(server.drain())
        return server
    }

    static func endActive(_ server: inout SampleRouteServer) {
        for peer in SampleRouteServer.activePeers {
            server.machine.sessionEnded(peer, cause: .holdTimerExpired, at: server.now)
        }
    }

    @Test func `the table follows the FIB after the delay`() {
        var server = ProgrammingDelayTests.server(ProgrammingDelays(ribToTable: .seconds(5)))
        ProgrammingDelayTests.endActive(&server)
        let outputs = server.drain()
        #expect(bestPathChanges(outputs).count == 1)
        #expect(tableChanges(outputs).isEmpty)
        #expect(server.machine.database().routes.first?.nextHop == SampleRouteServer.standby)
        #expect(server.machine.nextDeadline == server.now + .seconds(5))
        server.machine.timeReached(at: server.now + .seconds(4))
        #expect(server.drain().isEmpty)
        server.machine.timeReached(at: server.now + .seconds(5))
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.standby])
        #expect(server.machine.nextDeadline == nil)
    }

    @Test func `a best path that changes back within the delay is never written`() {
        var server = ProgrammingDelayTests.server(ProgrammingDelays(ribToTable: .seconds(5)))
        ProgrammingDelayTests.endActive(&server)
        server.now = server.now + .seconds(2)
        server.establishActive(PeerID("Peer1"))
        #expect(server.machine.nextDeadline == nil)
        server.machine.timeReached(at: server.now + .seconds(60))
        #expect(tableChanges(server.drain()).isEmpty)
    }

    @Test func `one that changes further is written once, with its last next hop`() {
        var server = ProgrammingDelayTests.server(ProgrammingDelays(ribToTable: .seconds(5)))
        ProgrammingDelayTests.endActive(&server)
        server.now = server.now + .seconds(2)
        for peer in SampleRouteServer.standbyPeers {
            server.machine.sessionEnded(peer, cause: .holdTimerExpired, at: server.now)
        }
        #expect(server.machine.nextDeadline == server.now + .seconds(5))
        server.machine.timeReached(at: server.now + .seconds(5))
        #expect(tableChanges(server.drain()).map(\.nextHop) == [nil])
    }

    @Test func `a fail-back waits, a failover does not`() {
        var server = ProgrammingDelayTests.server(ProgrammingDelays(failback: .seconds(74)))
        ProgrammingDelayTests.endActive(&server)
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.standby])
        server.establishActive(PeerID("Peer1"))
        #expect(tableChanges(server.drain()).isEmpty)
        #expect(server.machine.nextDeadline == server.now + .seconds(74))
        server.machine.timeReached(at: server.now + .seconds(74))
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.active])
    }

    @Test func `a fail-back is not held up when the standby goes too`() {
        var server = ProgrammingDelayTests.server(ProgrammingDelays(failback: .seconds(74)))
        ProgrammingDelayTests.endActive(&server)
        server.establishActive(PeerID("Peer1"))
        _ = server.drain()
        server.machine.sessionEnded(SampleRouteServer.standbyPeers[0], cause: .stopped, at: server.now)
        #expect(tableChanges(server.drain()).isEmpty)
        server.withdraw(from: SampleRouteServer.standbyPeers[1])
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.active])
        #expect(server.machine.nextDeadline == nil)
    }

    @Test func `every preset names its source`() throws {
        #expect(Set(ProgrammingDelays.presets.map(\.name)).count == ProgrammingDelays.presets.count)
        #expect(try #require(ProgrammingDelays.preset("none")).delays == .none)
        #expect(try #require(ProgrammingDelays.preset("aws-tgw-mts-head")).delays.failback == .seconds(74))
        #expect(ProgrammingDelays.presets.dropFirst().allSatisfy { $0.source.contains("github") && $0.delays != .none })
        #expect(ProgrammingDelays.preset("guess") == nil)
    }
}
