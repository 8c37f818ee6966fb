// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct QuotaTests {
    static let peer = PeerID("Peer1")
    static let prefixes = (0..<4).map { prefix("192.168.\($0).0/24") }

    static func server(_ change: (inout RouteServerQuotas) -> Void) -> SampleRouteServer {
        var server = SampleRouteServer { change(&$0.quotas) }
        server.machine.sessionEstablished(peer, routerID: v4(SampleRouteServer.active), at: server.now)
        server.announce([65001], nextHop: SampleRouteServer.active, prefixes: prefixes, from: peer)
        return server
    }

    static func reasons(_ server: SampleRouteServer) -> [IPPrefix: RouteRejection] {
        var reasons: [IPPrefix: RouteRejection] = [:]
        for route in server.machine.database().routes {
            reasons[route.prefix] = route.installations.first?.reason
        }
        return reasons
    }

    @Test func `the limits are AWS's by default`() {
        let quotas = RouteServerConfiguration(name: "", asn: ASN(65000), peers: [], owners: [], propagations: []).quotas
        #expect(quotas == .aws)
        #expect(quotas.routesPerPeer == .init(limit: 100, policy: .keepFirst))
        #expect(quotas.routesInFIB == .init(limit: 100, policy: .keepFirst))
        #expect(quotas.propagatedRoutesPerTable == .init(limit: 100, policy: .keepFirst))
    }

    @Test func `a peer's surplus routes wait and move up in the order of arrival`() {
        var server = QuotaTests.server { $0.routesPerPeer.limit = 2 }
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.prefix) == Array(QuotaTests.prefixes[0...1]))
        server.confirmAll(outputs)
        let reason = RouteRejection.peerQuota(limit: 2)
        #expect(QuotaTests.reasons(server) == [QuotaTests.prefixes[2]: reason, QuotaTests.prefixes[3]: reason])
        #expect(server.machine.routeCounts(of: QuotaTests.peer)?.accepted == 2)
        server.withdraw([QuotaTests.prefixes[0]], from: QuotaTests.peer)
        let next = tableChanges(server.drain())
        #expect(next.map(\.prefix) == [QuotaTests.prefixes[0], QuotaTests.prefixes[2]])
        #expect(next.map { $0.nextHop == nil } == [true, false])
    }

    @Test func `too many routes past the quota are not remembered, and are asked for again when there is room`() {
        let routes = (0..<11_000).map { IPPrefix(host: .v4(IPv4Address(bits: 0x0B00_0000 + UInt32($0)))) }
        var server = SampleRouteServer { $0.quotas.routesPerPeer.limit = 2 }
        server.machine.sessionEstablished(QuotaTests.peer, routerID: v4(SampleRouteServer.active), at: server.now)
        func announce(_ routes: [IPPrefix]) {
            server.announce([65001], nextHop: SampleRouteServer.active, prefixes: routes, from: QuotaTests.peer)
        }
        announce(routes)
        #expect(server.machine.routeCounts(of: QuotaTests.peer)?.received == 10_002)
        #expect(server.machine.routeCounts(of: QuotaTests.peer)?.accepted == 2)
        _ = server.drain()
        // As long as some wait, they come first.
        server.withdraw(Array(routes[..<10_000]), from: QuotaTests.peer)
        #expect(server.drain().allSatisfy { if case .requestRoutes = $0 { false } else { true } })
        server.withdraw([routes[10_000]], from: QuotaTests.peer)
        #expect(server.drain().contains(.requestRoutes(QuotaTests.peer)))
        server.withdraw([routes[10_001]], from: QuotaTests.peer)
        #expect(!server.drain().contains(.requestRoutes(QuotaTests.peer)), "it was asked already")
        announce(routes.suffix(900))
        #expect(server.machine.routeCounts(of: QuotaTests.peer)?.accepted == 2)
    }

    @Test func `one route too many can end the session`() {
        var server = QuotaTests.server { $0.routesPerPeer = .init(limit: 2, policy: .resetSession) }
        let outputs = server.drain()
        #expect(outputs.last == .endSession(QuotaTests.peer, .maximumNumberOfPrefixesReached))
        #expect(tableChanges(outputs).suffix(2).allSatisfy { $0.nextHop == nil })
        #expect(server.machine.database().routes.isEmpty)
        #expect(server.machine.description().peers.first?.bgpStatus == .down)
    }

    @Test func `routes without room in the FIB stay in the RIB, and move up`() {
        var server = QuotaTests.server { $0.routesInFIB.limit = 3 }
        let outputs = server.drain()
        #expect(bestPathChanges(outputs).map(\.isInFIB) == [true, true, true, false])
        server.confirmAll(outputs)
        #expect(server.machine.database().routes.map(\.status) == [.inFIB, .inFIB, .inFIB, .inRIB])
        #expect(QuotaTests.reasons(server) == [QuotaTests.prefixes[3]: .fibQuota(limit: 3)])
        server.withdraw([QuotaTests.prefixes[1]], from: QuotaTests.peer)
        #expect(tableChanges(server.drain()).map(\.prefix) == [QuotaTests.prefixes[1], QuotaTests.prefixes[3]])
        #expect(server.machine.fibCounts.waiting == 0)
    }

    @Test func `routes without room in a table stay in the FIB, and move up`() {
        var server = QuotaTests.server { $0.propagatedRoutesPerTable.limit = 3 }
        server.confirmAll(server.drain())
        #expect(server.machine.database().routes.allSatisfy { $0.status == .inFIB })
        #expect(
            QuotaTests.reasons(server) == [
                QuotaTests.prefixes[3]: .tableQuota(limit: 3)
            ])
        server.withdraw([QuotaTests.prefixes[2]], from: QuotaTests.peer)
        #expect(tableChanges(server.drain()).map(\.prefix) == [QuotaTests.prefixes[2], QuotaTests.prefixes[3]])
    }

    @Test func `another path to a prefix takes no further room`() {
        var server = QuotaTests.server { $0.routesInFIB.limit = 4 }
        server.confirmAll(server.drain())
        let standby = SampleRouteServer.standbyPeers[0]
        server.machine.sessionEstablished(standby, routerID: v4(SampleRouteServer.standby), at: server.now)
        server.announce([65001, 1], nextHop: SampleRouteServer.standby, prefixes: QuotaTests.prefixes, from: standby)
        #expect(server.machine.fibCounts.routes == 4)
        server.machine.sessionEnded(QuotaTests.peer, cause: .stopped, at: server.now)
        #expect(tableChanges(server.drain()).map(\.nextHop) == Array(repeating: SampleRouteServer.standby, count: 4))
    }

    @Test func `an exempt block and unlimited quotas hold nothing back`() {
        for quotas in [RouteServerQuotas.unlimitedRoutes, .aws] {
            var server = SampleRouteServer {
                $0.quotas = quotas
                $0.quotas.exemptBlock = prefix("10.64.0.0/10")
            }
            server.establishActive(QuotaTests.peer)
            let many = (0..<500).map { prefix("10.\(64 + $0 / 256).\($0 % 256).0/24") }
            server.announce([65001], nextHop: SampleRouteServer.active, prefixes: many, from: QuotaTests.peer)
            #expect(tableChanges(server.drain()).count == 501)
        }
    }
}
