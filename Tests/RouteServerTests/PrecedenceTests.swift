// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

/// How a propagated route relates to a table's other routes, and IPv6 routes.
@Suite struct PrecedenceTests {
    static let block = prefix("10.0.0.0/16")
    static let peer = PeerID("Peer1")

    static func server(_ policy: RouteServerConfiguration.LocalRoutePolicy = .longestPrefix) -> SampleRouteServer {
        var server = SampleRouteServer {
            $0.localRoutePolicy = policy
            $0.propagations[0].localPrefixes = [block]
            $0.owners += [
                .init(address: address("2001:db8::10"), networkInterface: "eni-az1", instance: "instance-rs-az1")
            ]
        }
        server.machine.sessionEstablished(peer, routerID: v4(SampleRouteServer.active), at: .zero)
        return server
    }

    @Test(arguments: [
        ("10.0.0.0/16", false), ("10.0.3.0/24", true), ("10.0.0.0/8", true), ("0.0.0.0/0", false),
    ])
    func `the VPC's own block and a static prefix stay, longer and shorter prefixes are installed`(
        prefixText: String, isInstalled: Bool
    ) throws {
        var server = PrecedenceTests.server()
        server.announce(
            [65001], nextHop: SampleRouteServer.active, prefixes: [prefix(prefixText)], from: PrecedenceTests.peer)
        let outputs = server.drain()
        #expect(tableChanges(outputs).count == (isInstalled ? 1 : 0))
        server.confirmAll(outputs)
        let route = try #require(server.machine.database().routes.first)
        #expect(route.status == .inFIB)
        #expect(route.installations.map(\.status) == [isInstalled ? .installed : .rejected])
    }

    @Test func `the local route says so where it comes first`() throws {
        var server = PrecedenceTests.server(.localFirst)
        server.announce(
            [65001], nextHop: SampleRouteServer.active, prefixes: [prefix("10.0.3.0/24")], from: PrecedenceTests.peer)
        #expect(tableChanges(server.drain()).isEmpty)
        let reason = try #require(server.machine.database().routes.first?.installations.first?.reason)
        #expect(reason == .localRoute(prefix("10.0.0.0/16")))
    }

    @Test(arguments: [
        ("10.0.3.0/24", true), ("10.0.3.0/25", false), ("0.0.0.0/0", false), ("10.0.0.0/16", false),
    ])
    func `a table that permits some prefixes rejects others, and its own local route as ever`(
        prefixText: String, isInstalled: Bool
    ) throws {
        var server = SampleRouteServer {
            $0.propagations[0].staticPrefixes = []
            $0.propagations[0].localPrefixes = [PrecedenceTests.block]
            $0.propagations[0].permittedPrefixes = [PrecedenceTests.block, prefix("10.0.3.0/24")]
        }
        let configuration = server.machine.configuration
        #expect(configuration.admits(prefix(prefixText), to: configuration.propagations[0]) == isInstalled)
        server.machine.sessionEstablished(
            PrecedenceTests.peer, routerID: v4(SampleRouteServer.active), at: .zero)
        server.announce(
            [65001], nextHop: SampleRouteServer.active, prefixes: [prefix(prefixText)], from: PrecedenceTests.peer)
        let outputs = server.drain()
        #expect(tableChanges(outputs).count == (isInstalled ? 1 : 0))
        server.confirmAll(outputs)
        let installation = try #require(server.machine.database().routes.first?.installations.first)
        #expect(installation.status == (isInstalled ? .installed : .rejected))
        let isForbidden = installation.reason == .notForGateway(prefix(prefixText))
        #expect(isForbidden == (!isInstalled && prefix(prefixText) != PrecedenceTests.block))
    }

    @Test(arguments: ["2001:db8::10", "::ffff:10.0.1.203"])
    func `an IPv6 route leads to the IPv6 address of the network interface`(nextHop: String) throws {
        var server = PrecedenceTests.server()
        server.announce(
            [65001], nextHop: address(nextHop), prefixes: [prefix("2001:db8:ffff::1/128")], from: PrecedenceTests.peer)
        let change = try #require(tableChanges(server.drain()).first)
        #expect(change.nextHop == address("2001:db8::10"))
        #expect(change.networkInterface == "eni-az1")
    }

    @Test(arguments: ["fe80::1", "::ffff:10.0.2.65", "10.0.1.203"])
    func `an IPv6 route without an owned IPv6 next hop is rejected`(nextHop: String) throws {
        var server = PrecedenceTests.server()
        server.announce(
            [65001], nextHop: address(nextHop), prefixes: [prefix("2001:db8:ffff::1/128")], from: PrecedenceTests.peer)
        #expect(tableChanges(server.drain()).isEmpty)
        #expect(server.machine.database().routes.first?.installations.map(\.status) == [.rejected])
    }

    @Test func `the steps of selection are a setting`() {
        var server = SampleRouteServer { $0.selection.steps = [.multiExitDiscriminator, .age, .asPathLength] }
        let standby = SampleRouteServer.standbyPeers[0]
        for peer in [PrecedenceTests.peer, standby] {
            server.machine.sessionEstablished(peer, routerID: IPv4Address(bits: 1), at: server.now)
        }
        server.announce([65001, 65001], nextHop: SampleRouteServer.standby, from: standby)
        server.now = server.now + .seconds(1)
        server.announce([65001], nextHop: SampleRouteServer.active, from: PrecedenceTests.peer)
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.standby], "the older one")
        server.announce([65001, 65001], nextHop: SampleRouteServer.standby, med: 1, from: standby)
        #expect(bestPathChanges(server.drain()).last?.reason == .multiExitDiscriminator)
    }
}
