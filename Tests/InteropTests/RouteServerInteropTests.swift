// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import Glibc
import LinuxSystem
import Measurement
import NetlinkTopology
import NodeProtocol
import NodeRuntime
import RouteServer
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// A real bird and a real gobgpd, each an instance, dial our route server, which writes a VPC route table.
    @Suite(.requires(daemon: .gobgpd), .requires(daemon: .bird), .timeLimit(.minutes(2)))
    struct RouteServerInteropTests {
        private static let birdRouteCount = 200
        private static let gobgpRouteCount = 100
        private static let table: UInt32 = 100

        private static func prefix(_ number: Int) -> String { "172.16.\(number).0/24" }

        private func configuration() throws -> RouteServerProgramConfiguration {
            let asn = ASN(65000)
            let peerASN = ASN(65001)
            var sessions: [RouteServerProgramConfiguration.PeerSession] = []
            var owners: [RouteServerConfiguration.OwnedAddress] = []
            for (name, link, endpoint, peer) in [
                ("bird", "eth0", "10.0.1.4", "10.0.1.10"), ("gobgpd", "eth1", "10.0.2.4", "10.0.2.10"),
            ] {
                let address = try #require(IPAddress(peer))
                sessions.append(
                    .init(
                        peer: PeerID(name), endpoint: "endpoint-\(name)",
                        endpointAddress: try #require(IPAddress(endpoint)), link: link,
                        session: SessionConfiguration(
                            localASN: asn, peerASN: peerASN, routerID: try #require(IPv4Address(endpoint)),
                            peerAddress: address, isPassive: true)))
                owners.append(
                    .init(address: address, networkInterface: "eni-\(name)", instance: "instance-\(name)"))
            }
            return RouteServerProgramConfiguration(
                node: "rs",
                machine: RouteServerConfiguration(
                    name: "rs", asn: asn,
                    peers: sessions.map {
                        .init(
                            id: $0.peer, endpoint: $0.endpoint, endpointAddress: $0.endpointAddress,
                            address: $0.session.peerAddress, asn: peerASN)
                    }, owners: owners,
                    propagations: [.init(name: "rtb", kernelTable: Self.table, staticPrefixes: [])],
                    quotas: .unlimitedRoutes),
                endpoints: sessions.map { .init(name: $0.endpoint, address: $0.endpointAddress, link: $0.link) },
                sessions: sessions)
        }

        /// The table of the VPC's router, read by libnl: next hop by destination.
        private func nextHops(in vpc: borrowing NetworkNamespace) throws -> [String: String] {
            let rows = try TopologySocket(in: vpc).routes(table: Self.table)
            #expect(rows.allSatisfy { $0.protocolNumber == 186 }, "only BGP writes this table")
            return Dictionary(
                uniqueKeysWithValues: rows.map { ("\($0.route.destination)", $0.route.gateway?.description ?? "-") })
        }

        private func expected(bird: Range<Int>, gobgpd: Range<Int>) -> [String: String] {
            var nextHops: [String: String] = [:]
            for number in gobgpd { nextHops[Self.prefix(number)] = "10.0.2.10" }
            for number in bird { nextHops[Self.prefix(number)] = "10.0.1.10" }
            return nextHops
        }

        @Test func `hundreds of routes of bird and gobgpd arrive at once, and move when one of the two dies`() throws {
            let testbed = try Testbed()
            let scene = try RouteServerScene(instances: "instance-bird", "instance-gobgpd")
            let bird = try RealDaemon(
                .bird,
                configuration: RealDaemon.fixture(.bird, "instance") + "protocol static {\n    ipv4;\n"
                    + (0..<Self.birdRouteCount).map { "    route \(Self.prefix($0)) blackhole;\n" }.joined() + "}\n",
                testbed: testbed)
            let gobgpd = try RealDaemon(
                .gobgpd, configuration: RealDaemon.fixture(.gobgpd, "instance"), testbed: testbed)
            // All routes exist before there is a neighbour to send them to, so that they arrive at once.
            try gobgpd.start(in: scene.second)
            try eventually("gobgpd to answer") { try gobgpd.ask(["global"], in: scene.second) != nil }
            for number in 0..<Self.gobgpRouteCount {
                let words = ["global", "rib", "add", Self.prefix(number), "aspath", "65001 65001"]
                try #require(try gobgpd.ask(words, in: scene.second) != nil)
            }
            try bird.start(in: scene.first)

            let (_, connection) = try testbed.startNode(
                "route-server", configuration(), in: scene.routeServer,
                descriptors: [scene.vpc.descriptor.rawValue])
            try eventually("both sessions", within: .seconds(30)) {
                try connection.ask(ListNeighbors()).allSatisfy { $0.phase == .established }
            }
            let both = expected(bird: 0..<Self.birdRouteCount, gobgpd: 0..<Self.gobgpRouteCount)
            try eventually("all routes in the table") { try nextHops(in: scene.vpc) == both }
            try eventually("all paths in the RIB") {
                try database(connection).routes.count == Self.birdRouteCount + Self.gobgpRouteCount
            }
            for route in try database(connection).routes {
                let isOfBird = route.instance == "instance-bird"
                #expect(route.asPath.segments == [.sequence(Array(repeating: ASN(65001), count: isOfBird ? 1 : 3))])
                #expect(route.status == (isOfBird ? .inFIB : .inRIB))
                #expect(route.installations.map(\.status) == (isOfBird ? [.installed] : []))
            }
            // An endpoint advertises nothing.
            #expect(try gobgpd.ask(["neighbor", "10.0.2.4", "adj-in"], in: scene.second)?.contains("/24") == false)

            try bird.kill()
            let rest = expected(bird: 0..<0, gobgpd: 0..<Self.gobgpRouteCount)
            try eventually("the routes at gobgpd") { try nextHops(in: scene.vpc) == rest }
            try bird.start(in: scene.first)
            try eventually("the routes back at bird", within: .seconds(20)) { try nextHops(in: scene.vpc) == both }
            try gobgpd.send(signal: SIGTERM)
            let end = try connection.nextEvent(.sessionDown) { $0.endpoint == "endpoint-gobgpd" }
            let isCease = if case .session(.notificationReceived(.cease, _)) = end.cause { true } else { false }
            #expect(isCease, "\(end)")
            try eventually("gobgpd's paths gone") {
                try database(connection).routes.count == Self.birdRouteCount
            }
        }

        private func database(_ connection: NodeConnection) throws -> RoutingDatabase {
            try connection.ask(GetRoutingDatabase())
        }
    }
}
