// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import TestSupport
import Testing
import WireFormat

/// Work is counted, not timed: it must be proportional to the change.
@Suite struct ScaleTests {
    @Test func `a thousand peers' paths to one prefix cost a handful of comparisons each`() {
        let count = 1000
        var server = SampleRouteServer { configuration in
            configuration.peers = (0..<count).map { number in
                .init(
                    id: PeerID("Peer\(number)"), endpoint: "Endpoint1", endpointAddress: address("10.0.1.230"),
                    address: .v4(IPv4Address(bits: 0x0A01_0000 + UInt32(number))), asn: ASN(65001))
            }
        }
        func comparisons(_ body: (inout SampleRouteServer) -> Void) -> Int {
            let before = server.machine.fibCounts.comparisons
            body(&server)
            return server.machine.fibCounts.comparisons - before
        }
        // The longest path first, so that every later path is better.
        for number in 0..<count {
            let peer = PeerID("Peer\(number)")
            server.machine.sessionEstablished(peer, routerID: IPv4Address(bits: UInt32(number + 1)), at: server.now)
            let med = UInt32(count - number)
            let work = comparisons {
                $0.announce([65001], nextHop: SampleRouteServer.active, med: med, from: peer)
            }
            #expect(work <= 10, "path \(number)")
        }
        #expect(bestPathChanges(server.drain()).count == count)
        // All have the same next hop: the tables were written once and do not change.
        for number in (0..<count).reversed().dropLast() {
            let work = comparisons {
                $0.machine.sessionEnded(PeerID("Peer\(number)"), cause: .stopped, at: $0.now)
            }
            #expect(work == 0, "the next best is known")
            let outputs = server.drain()
            #expect(bestPathChanges(outputs).map(\.winner?.peer.id) == [PeerID("Peer\(number - 1)")])
            #expect(tableChanges(outputs).isEmpty)
        }
        #expect(server.machine.database().routes.count == 1)
    }

    @Test func `thousands of prefixes of one peer cost as many changes, and one more costs one`() {
        let count = TestLength.rounds(4_000, long: 10_000)
        var server = SampleRouteServer { $0.quotas = .unlimitedRoutes }
        let peer = PeerID("Peer1")
        server.machine.sessionEstablished(peer, routerID: v4(SampleRouteServer.active), at: server.now)
        let prefixes = (0..<count).map {
            IPPrefix(masking: .v4(IPv4Address(bits: 0x6440_0000 + UInt32($0) << 4)), length: 28)
        }
        server.announce([65001], nextHop: SampleRouteServer.active, prefixes: prefixes, from: peer)
        let outputs = server.drain()
        #expect(tableChanges(outputs).count == count)
        server.confirmAll(outputs)
        #expect(server.machine.fibCounts.routes == count)

        server.announce([65001], nextHop: SampleRouteServer.active, prefixes: [prefix("172.16.9.0/24")], from: peer)
        #expect(server.drain().count == 2, "a best path and a table change")
        server.withdraw([prefix("172.16.9.0/24")], from: peer)
        #expect(server.drain().count == 2)

        server.machine.sessionEnded(peer, cause: .stopped, at: server.now)
        let end = tableChanges(server.drain())
        #expect(end.count == count)
        #expect(end.allSatisfy { $0.nextHop == nil })
        #expect(server.machine.fibCounts.comparisons == 0, "no path had a rival")
        #expect(server.machine.fibCounts.routes == 0)
    }
}
