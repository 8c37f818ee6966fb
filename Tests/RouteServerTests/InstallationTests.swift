// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct InstallationTests {
    static let peer = PeerID("Peer1")

    static func route(_ server: SampleRouteServer, _ peer: PeerID = peer) -> RoutingDatabase.Route? {
        server.machine.database().routes.first { $0.peer == peer }
    }

    @Test func `a route is installed when the kernel has confirmed it, and not before`() throws {
        var server = SampleRouteServer()
        server.establishActive(InstallationTests.peer)
        let outputs = server.drain()
        #expect(try #require(InstallationTests.route(server)).installations.isEmpty)
        server.confirmAll(outputs)
        #expect(try #require(InstallationTests.route(server)).installations.map(\.status) == [.installed])
    }

    @Test func `the database of some prefixes is those of the whole, in the order asked for`() {
        var server = SampleRouteServer()
        server.start()
        server.confirmAll(server.drain())
        let other = prefix("172.16.9.9/32")
        let all = server.machine.database()
        #expect(server.machine.database(of: [other, SampleRouteServer.floatingIP]) == all)
        #expect(server.machine.database(of: [other]).routes.isEmpty)
    }

    @Test func `what the kernel refuses is rejected with its reason, and asked for again with the next change`() throws
    {
        var server = SampleRouteServer()
        server.establishActive(InstallationTests.peer)
        let change = try #require(tableChanges(server.drain()).first)
        server.machine.confirmWritten(change, error: "Network is unreachable")
        let installation = try #require(InstallationTests.route(server)?.installations.first)
        #expect(installation.status == .rejected)
        #expect(installation.reason == .refusedByKernel("Network is unreachable"))
        server.announce([65001], nextHop: SampleRouteServer.active, med: 5, from: InstallationTests.peer)
        #expect(tableChanges(server.drain()) == [change])
    }

    @Test func `a route that the kernel refused is not withdrawn`() throws {
        var server = SampleRouteServer()
        server.establishActive(InstallationTests.peer)
        let change = try #require(tableChanges(server.drain()).first)
        server.machine.confirmWritten(change, error: "Network is unreachable")
        server.withdraw(from: InstallationTests.peer)
        #expect(tableChanges(server.drain()).isEmpty)
    }

    @Test func `a late confirmation of an earlier change says nothing about a later one`() throws {
        var server = SampleRouteServer()
        server.establishActive(InstallationTests.peer)
        let first = try #require(tableChanges(server.drain()).first)
        server.announce([65001], nextHop: SampleRouteServer.standby, from: InstallationTests.peer)
        let second = try #require(tableChanges(server.drain()).first)
        server.machine.confirmWritten(first, error: "busy")
        #expect(try #require(InstallationTests.route(server)).installations.isEmpty)
        server.machine.confirmWritten(second, error: nil)
        #expect(try #require(InstallationTests.route(server)).installations.map(\.status) == [.installed])
    }

    @Test func `a third-party next hop leads to the network interface that owns it`() throws {
        var server = SampleRouteServer()
        server.machine.sessionEstablished(InstallationTests.peer, routerID: v4(SampleRouteServer.active), at: .zero)
        server.announce([65001], nextHop: SampleRouteServer.standby, from: InstallationTests.peer)
        let change = try #require(tableChanges(server.drain()).first)
        #expect(change.nextHop == SampleRouteServer.standby)
        #expect(change.networkInterface == "eni-az2")
        #expect(try #require(InstallationTests.route(server)).instance == "instance-rs-az2")
    }

    @Test(arguments: [true, false])
    func `a next hop without an owner is rejected`(selectsOnlyResolvable: Bool) throws {
        var server = SampleRouteServer { $0.selectsOnlyResolvableNextHops = selectsOnlyResolvable }
        server.machine.sessionEstablished(InstallationTests.peer, routerID: v4(SampleRouteServer.active), at: .zero)
        server.announce([65001], nextHop: address("10.0.1.99"), from: InstallationTests.peer)
        #expect(tableChanges(server.drain()).isEmpty)
        let route = try #require(InstallationTests.route(server))
        #expect(route.status == (selectsOnlyResolvable ? .inRIB : .inFIB))
        #expect(route.installations.map(\.status) == [.rejected])
        #expect(route.installations.map(\.reason) == [.noNetworkInterface(nextHop: address("10.0.1.99"))])
        #expect(route.networkInterface == nil)
    }

    @Test(arguments: [(true, SampleRouteServer.standby), (false, nil)])
    func `whether such a path can win is a setting`(selectsOnlyResolvable: Bool, nextHop: IPAddress?) {
        var server = SampleRouteServer { $0.selectsOnlyResolvableNextHops = selectsOnlyResolvable }
        server.start()
        for peer in SampleRouteServer.activePeers {
            server.announce([65001], nextHop: address("10.0.1.99"), from: peer)
        }
        #expect(tableChanges(server.drain()).map(\.nextHop) == [nextHop])
    }

    @Test func `a static route for the same prefix wins only in its own table`() throws {
        var server = SampleRouteServer {
            $0.propagations.append(
                .init(name: "Static", kernelTable: 101, staticPrefixes: [SampleRouteServer.floatingIP]))
        }
        server.establishActive(InstallationTests.peer)
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.kernelTable) == [100])
        server.confirmAll(outputs)
        let installations = try #require(InstallationTests.route(server)).installations
        #expect(installations.map(\.table) == ["RouteTable", "Static"])
        #expect(installations.map(\.status) == [.installed, .rejected])
        #expect(installations.last?.reason == .staticRoute(SampleRouteServer.floatingIP))
    }

    @Test func `a path with the route server's own ASN is not taken and displaces the one before`() {
        var server = SampleRouteServer()
        server.start()
        server.withdraw(from: PeerID("Peer2"))
        server.announce([65001, 65000], nextHop: SampleRouteServer.active, from: InstallationTests.peer)
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.standby])
        #expect(InstallationTests.route(server) == nil)
        #expect(server.machine.routeCounts(of: InstallationTests.peer)?.received == 1)
        #expect(server.machine.routeCounts(of: InstallationTests.peer)?.accepted == 0)
        let dropped = server.machine.database().droppedRoutes
        #expect(dropped.map(\.reason) == [.ownASN(ASN(65000))])
        #expect(dropped.map(\.peer) == [InstallationTests.peer])
        server.withdraw(from: InstallationTests.peer)
        #expect(server.machine.database().droppedRoutes.isEmpty)
    }

    @Test func `a multicast prefix is dropped, takes no place in a quota, and is shown with its reason`() {
        var server = SampleRouteServer { $0.quotas.routesPerPeer.limit = 1 }
        server.machine.sessionEstablished(InstallationTests.peer, routerID: v4(SampleRouteServer.active), at: .zero)
        let multicast = prefix("224.0.0.0/4")
        server.announce(
            [65001], nextHop: SampleRouteServer.active, prefixes: [multicast, SampleRouteServer.floatingIP],
            from: InstallationTests.peer)
        #expect(tableChanges(server.drain()).map(\.prefix) == [SampleRouteServer.floatingIP])
        #expect(server.machine.database().routes.map(\.prefix) == [SampleRouteServer.floatingIP])
        #expect(server.machine.database().droppedRoutes.map(\.prefix) == [multicast])
        #expect(server.machine.database().droppedRoutes.map(\.reason) == [.multicast])
    }

    @Test func `MED is compared across neighbouring ASNs`() {
        var server = SampleRouteServer { $0.peers[2].asn = ASN(65002) }
        let standby = SampleRouteServer.standbyPeers[0]
        for (peer, device) in [
            (InstallationTests.peer, SampleRouteServer.active), (standby, SampleRouteServer.standby),
        ] {
            server.machine.sessionEstablished(peer, routerID: v4(device), at: .zero)
        }
        server.announce([65001], nextHop: SampleRouteServer.active, med: 100, from: InstallationTests.peer)
        server.announce([65002], nextHop: SampleRouteServer.standby, med: 0, from: standby)
        #expect(tableChanges(server.drain()).last?.nextHop == SampleRouteServer.standby)
    }

    @Test func `the listing has the four paths, the winner first`() {
        var server = SampleRouteServer()
        server.start()
        let rows = server.machine.rows(.ipv4, at: Instant(nanoseconds: 3_000_000_000))
        #expect(rows.map(\.endpoint) == ["Endpoint2", "Endpoint1", "Endpoint3", "Endpoint4"])
        #expect(rows.map(\.isBest) == [true, false, false, false])
        #expect(rows.allSatisfy { $0.age == .seconds(3) && $0.isValid })
        #expect(server.machine.rows(.ipv6, at: .zero).isEmpty)
    }
}
