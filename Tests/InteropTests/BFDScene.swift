// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Causes
import Glibc
import LinuxSystem
import Measurement
import NetlinkTopology
import NodeProtocol
import NodeRuntime
import RouteServer
import SpeakerConfiguration
import TestSupport
import Testing
import WireFormat

/// One endpoint of our route server and one instance, joined by a cable, with BFD and BGP; no lab.
final class BFDScene {
    enum Peer: String, CaseIterable {
        case builtin, bird
    }

    let testbed: Testbed
    let segment: Segment
    let vpc: NetworkNamespace
    /// Holds the other end of the router's leg.
    let subnet: NetworkNamespace
    private(set) var routeServer: (program: RunningProgram, connection: NodeConnection)?
    private(set) var speaker: (program: RunningProgram, connection: NodeConnection)?
    private var bird: RealDaemon?

    init() throws {
        testbed = try Testbed()
        segment = try Segment()
        let vpc = try NetworkNamespace.create(name: "vpc")
        let subnet = try NetworkNamespace.create(name: "subnet")
        try joinByCable(vpc, "eth0", 2, "10.0.0.1/16", subnet, "eth0", 2, "10.0.0.2/16")
        self.vpc = vpc
        self.subnet = subnet
    }

    // MARK: Programs

    private static let endpointAddress = IPv4Address(bits: 0x0A00_0104)
    static let instanceAddress = IPv4Address(bits: 0x0A00_010A)

    func startRouteServer(_ bfd: BFDSessionSettings) throws {
        let asn = ASN(65000)
        let peerASN = ASN(65001)
        let session = RouteServerProgramConfiguration.PeerSession(
            peer: PeerID("peer"), endpoint: "endpoint", endpointAddress: .v4(Self.endpointAddress), link: "eth0",
            session: SessionConfiguration(
                localASN: asn, peerASN: peerASN, routerID: Self.endpointAddress,
                peerAddress: .v4(Self.instanceAddress), isPassive: true),
            bfd: bfd)
        // A whole block is taken, and none of it comes into a table.
        var quotas = RouteServerQuotas()
        quotas.routesPerPeer.limit = PrefixBlock.maximumCount
        let configuration = RouteServerProgramConfiguration(
            node: "rs",
            machine: RouteServerConfiguration(
                name: "rs", asn: asn,
                peers: [
                    .init(
                        id: session.peer, endpoint: session.endpoint, endpointAddress: session.endpointAddress,
                        address: session.session.peerAddress, asn: peerASN)
                ],
                owners: [
                    .init(address: session.session.peerAddress, networkInterface: "eni", instance: "instance")
                ],
                propagations: [.init(name: "rtb", kernelTable: 100, staticPrefixes: [])], quotas: quotas),
            endpoints: [.init(name: session.endpoint, address: session.endpointAddress, link: session.link)],
            sessions: [session])
        routeServer = try testbed.startNode(
            "route-server", configuration, in: segment.routeServer, descriptors: [vpc.descriptor.rawValue])
    }

    /// Starts the instance's speaker, replacing a running one.
    func start(_ peer: Peer, _ bfd: BFDSessionSettings?) throws {
        try stopPeer()
        let neighbor = SessionConfiguration(
            localASN: ASN(65001), peerASN: ASN(65000), routerID: Self.instanceAddress,
            peerAddress: .v4(Self.endpointAddress), holdTimeSeconds: 9, connectRetry: .seconds(1))
        switch peer {
        case .builtin:
            var configuration = SpeakerProgramConfiguration(
                node: "instance", asn: neighbor.localASN, routerID: neighbor.routerID, listenPort: 179,
                neighbors: [neighbor], announcements: [])
            if let bfd { configuration.bfd = [neighbor.peerAddress.description: bfd] }
            speaker = try testbed.startNode("speaker", configuration, in: segment.instance)
        case .bird:
            let settings = SpeakerSettings(
                asn: neighbor.localASN, routerID: neighbor.routerID, listenPort: 179, listenAddresses: [],
                neighbors: [neighbor], localAddresses: [:])
            let text = try BirdConfiguration(settings, announcements: [], bfd: bfd).text
            bird = try RealDaemon(.bird, configuration: text, testbed: testbed)
            try bird?.start(in: segment.instance)
        }
    }

    /// Ends it at once, as a crash would.
    func stopPeer() throws {
        if let speaker { try Self.end(speaker.program) }
        speaker = nil
        bird = nil
    }

    /// The same for the route server.
    func stopRouteServer() throws {
        if let routeServer { try Self.end(routeServer.program) }
        routeServer = nil
    }

    private static func end(_ program: RunningProgram) throws {
        try program.send(signal: SIGKILL)
        _ = try #require(try program.waitForEnd())
    }

    /// The output of birdc.
    func askBird(_ words: String...) throws -> String {
        let bird = try #require(bird)
        return try #require(try bird.ask(words, in: segment.instance))
    }

    // MARK: What they know

    func session(sourceLocation: SourceLocation = #_sourceLocation) throws -> BFDSessionSnapshot? {
        try #require(routeServer).connection.ask(ListBFDSessions()).first
    }

    /// Waits until both ends report Up, at the intended interval.
    func waitUntilUp(milliseconds: UInt32, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try eventually("BFD Up at \(milliseconds) ms", sourceLocation: sourceLocation) {
            guard let session = try session() else { return false }
            return session.isUp && session.remoteState == "Up" && !session.isPolling
                && session.receiveInterval == .milliseconds(milliseconds)
                && session.transmitInterval == .milliseconds(milliseconds)
        }
    }

    func isEstablished() throws -> Bool {
        try #require(routeServer).connection.neighbor().phase == .established
    }

    /// Changes the sessions of the route server or of our speaker.
    func change(_ action: BFDChange.Action, at side: BFDSide) throws {
        let connection = side == .routeServer ? routeServer?.connection : speaker?.connection
        let count = try #require(connection).ask(ChangeBFDSessions(BFDChange(action)))
        try #require(count == 1)
    }

    enum BFDSide {
        case routeServer, speaker
    }
}
