// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import Glibc
import LinuxSystem
import Measurement
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// Our speaker dials a real daemon that plays the route server.
    @Suite(.requires(daemon: .gobgpd), .requires(daemon: .bird), .timeLimit(.minutes(1)))
    struct SpeakerInteropTests {
        private static let floating = IPPrefix("172.16.1.1/32")
        private static let lengthened = IPPrefix("172.16.2.0/24")

        private func announcement(_ prefix: IPPrefix?, _ asPath: [ASN], _ origin: Origin) throws -> Announcement {
            Announcement(
                prefix: try #require(prefix),
                attributes: PathAttributes(
                    origin: origin, asPath: ASPath(segments: asPath.isEmpty ? [] : [.sequence(asPath)]),
                    nextHop: .v4(.any)))
        }

        private func configuration() throws -> SpeakerProgramConfiguration {
            let routerID = try #require(IPv4Address("10.0.1.10"))
            return SpeakerProgramConfiguration(
                node: "instance", asn: ASN(65001), routerID: routerID, listenPort: 179,
                neighbors: [
                    SessionConfiguration(
                        localASN: ASN(65001), peerASN: ASN(65000), routerID: routerID,
                        peerAddress: try #require(IPAddress("10.0.1.4")), holdTimeSeconds: 3)
                ],
                announcements: [
                    try announcement(Self.floating, [], .incomplete),
                    try announcement(Self.lengthened, [ASN(65001), ASN(65001)], .igp),
                ])
        }

        private static let floatingPath = RealDaemon.Path(
            prefix: "172.16.1.1/32", asPath: [65001], nextHop: "10.0.1.10", origin: 2)
        private static let lengthenedPath = RealDaemon.Path(
            prefix: "172.16.2.0/24", asPath: [65001, 65001, 65001], nextHop: "10.0.1.10", origin: 0)

        @Test(arguments: [Daemon.gobgpd, .bird])
        func `a real daemon accepts our session, paths, withdrawals and NOTIFICATION`(kind: Daemon) throws {
            let testbed = try Testbed()
            let segment = try Segment()
            let daemon = try RealDaemon(
                kind, configuration: RealDaemon.fixture(kind, "route-server"), testbed: testbed)
            try daemon.start(in: segment.routeServer)
            let (speaker, connection) = try testbed.startNode("speaker", configuration(), in: segment.instance)
            _ = try connection.nextEvent(.sessionEstablished)
            let neighbor = try connection.neighbor()
            #expect(neighbor.phase == .established)
            #expect(neighbor.advertisedCount == 2)
            try eventually("Established at the daemon") { try daemon.isEstablished(in: segment.routeServer) }
            try eventually("both paths at the daemon") { try daemon.paths(in: segment.routeServer).count == 2 }
            #expect(try daemon.paths(in: segment.routeServer) == [Self.floatingPath, Self.lengthenedPath])

            _ = try connection.ask(Withdraw([try #require(Self.floating)]))
            try eventually("the withdrawal at the daemon") {
                try daemon.paths(in: segment.routeServer) == [Self.lengthenedPath]
            }
            _ = try connection.ask(Originate([try announcement(Self.floating, [], .incomplete)]))
            try eventually("the path again at the daemon") {
                try daemon.paths(in: segment.routeServer) == [Self.floatingPath, Self.lengthenedPath]
            }

            try speaker.send(signal: SIGTERM)
            #expect(try speaker.waitForEnd() == 0)
            try eventually("the farewell at the daemon") { try daemon.receivedCease() != nil }
            let farewell = try #require(try daemon.receivedCease())
            switch kind {
            case .gobgpd: #expect(farewell.contains(/Code=6/) && farewell.contains(/Subcode=3/), "\(farewell)")
            case .bird: #expect(farewell.contains("Received: Peer de-configured"), "\(farewell)")
            }
            try eventually("no path left at the daemon") { try daemon.paths(in: segment.routeServer).isEmpty }
        }

        @Test(arguments: [Daemon.gobgpd, .bird])
        func `the session comes back after the daemon was restarted`(kind: Daemon) throws {
            let testbed = try Testbed()
            let segment = try Segment()
            let daemon = try RealDaemon(
                kind, configuration: RealDaemon.fixture(kind, "route-server"), testbed: testbed)
            try daemon.start(in: segment.routeServer)
            let (_, connection) = try testbed.startNode("speaker", configuration(), in: segment.instance)
            _ = try connection.nextEvent(.sessionEstablished)
            try daemon.kill()
            let end = try connection.nextEvent(.sessionDown)
            let isClosed = if case .session(.closedByPeer) = end.cause { true } else { false }
            #expect(isClosed, "\(end)")
            try daemon.start(in: segment.routeServer)
            _ = try connection.nextEvent(.sessionEstablished)
            try eventually("both paths at the daemon") {
                try daemon.paths(in: segment.routeServer) == [Self.floatingPath, Self.lengthenedPath]
            }
        }

        @Test(arguments: [Daemon.gobgpd, .bird])
        func `a daemon that falls silent is given up when the hold timer expires`(kind: Daemon) throws {
            let testbed = try Testbed()
            let segment = try Segment()
            let daemon = try RealDaemon(
                kind, configuration: RealDaemon.fixture(kind, "route-server"), testbed: testbed)
            try daemon.start(in: segment.routeServer)
            let (_, connection) = try testbed.startNode("speaker", configuration(), in: segment.instance)
            _ = try connection.nextEvent(.sessionEstablished)
            try eventually("both paths at the daemon") { try daemon.paths(in: segment.routeServer).count == 2 }
            let stopped = Instant.now
            try daemon.send(signal: SIGSTOP)
            let end = try connection.nextEvent(.sessionDown)
            #expect(end.cause == .session(.holdTimerExpired))
            // It was last heard at most a keepalive interval (1 s) before it was stopped.
            #expect(end.at - stopped >= .seconds(2) && end.at - stopped <= .milliseconds(3500), "\(end.at - stopped)")
            try daemon.send(signal: SIGCONT)
            _ = try connection.nextEvent(.sessionEstablished)
        }
    }
}
