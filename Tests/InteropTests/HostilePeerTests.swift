// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import LinuxSystem
import Measurement
import NetlinkTopology
import NodeProtocol
import NodeRuntime
import RouteServer
import Synchronization
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// One peer sends what costs the route server most, as fast as it can; another, with the shortest hold time, must not
    /// notice.
    @Suite(.measures, .timeLimit(.minutes(2)))
    struct HostilePeerTests {
        private static let streamTime = Duration.seconds(5)
        private static let table: UInt32 = 100

        enum Stream: String, CaseIterable {
            /// UPDATEs with as many errors as fit.
            case repeatedAttributes
            /// Valid routes that come and go.
            case flaps
            /// Each is worth a line in a log.
            case unknownRefreshes
            case connections

            /// What is sent again and again.
            func octets() throws -> [UInt8] {
                switch self {
                case .repeatedAttributes:
                    let attributes = Array(repeating: [0xC0, 99, 0] as [UInt8], count: 1357).flatMap(\.self)
                    return message(
                        2, [0, 0, UInt8(attributes.count >> 8), UInt8(attributes.count & 0xFF)] + attributes)
                case .flaps:
                    let prefixes = (0..<700).map { IPPrefix(host: .v4(IPv4Address(bits: 0xAC10_0000 + UInt32($0)))) }
                    let attributes = PathAttributes(
                        origin: .igp, asPath: ASPath(sequence: [ASN(65001)]),
                        nextHop: try HostilePeerTests.address("10.0.1.10"))
                    return try [
                        UpdateMessage(attributes: attributes, announced: prefixes), UpdateMessage(withdrawn: prefixes),
                    ].flatMap { try $0.encodedMessages(options: CodecOptions()).flatMap(\.self) }
                case .unknownRefreshes: return message(5, [0, 1, 9, 1])
                case .connections: return []
                }
            }

            private func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
                let count = body.count + 19
                return Array(repeating: 0xFF, count: 16) + [UInt8(count >> 8), UInt8(count & 0xFF), type] + body
            }
        }

        private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

        private func configuration(peerLog: String) throws -> RouteServerProgramConfiguration {
            let asn = ASN(65000)
            let sessions = try [("hostile", "eth0", "10.0.1"), ("good", "eth1", "10.0.2")].map { name, link, net in
                RouteServerProgramConfiguration.PeerSession(
                    peer: PeerID(name), endpoint: "endpoint-\(name)", endpointAddress: try Self.address("\(net).4"),
                    link: link,
                    session: SessionConfiguration(
                        localASN: asn, peerASN: ASN(65001), routerID: IPv4Address(bits: 0x0A00_0104),
                        peerAddress: try Self.address("\(net).10"), holdTimeSeconds: 3, isPassive: true))
            }
            var machine = RouteServerConfiguration(
                name: "rs", asn: asn,
                peers: sessions.map {
                    .init(
                        id: $0.peer, endpoint: $0.endpoint, endpointAddress: $0.endpointAddress,
                        address: $0.session.peerAddress, asn: ASN(65001))
                },
                owners: sessions.map {
                    .init(address: $0.session.peerAddress, networkInterface: "eni", instance: $0.peer.description)
                },
                propagations: [.init(name: "rtb", kernelTable: Self.table, staticPrefixes: [])],
                quotas: .unlimitedRoutes)
            machine.recordsPeerLog = true
            return RouteServerProgramConfiguration(
                node: "rs", machine: machine,
                endpoints: sessions.map { .init(name: $0.endpoint, address: $0.endpointAddress, link: $0.link) },
                sessions: sessions, peerLog: PeerLogSettings(path: peerLog))
        }

        /// Shared with the sender's thread.
        private final class Namespace: Sendable {
            let namespace: NetworkNamespace
            init(_ namespace: consuming NetworkNamespace) { self.namespace = namespace }
        }

        /// Sends the stream until it is told to stop, and counts.
        private final class Sender: Sendable {
            private let isStopped = Atomic(false)
            private let sentOctetCount = Atomic(0)
            private let connectionCount = Atomic(0)

            var counts: (octets: Int, connections: Int) {
                (sentOctetCount.load(ordering: .relaxed), connectionCount.load(ordering: .relaxed))
            }

            func stop() { isStopped.store(true, ordering: .relaxed) }

            func send(_ octets: [UInt8], over peer: RawBGPPeer) {
                let block = Array(repeating: octets, count: max(1, 65536 / max(1, octets.count))).flatMap(\.self)
                while !isStopped.load(ordering: .relaxed) {
                    guard let count = peer.send(block) else { return }
                    sentOctetCount.add(count, ordering: .relaxed)
                }
            }

            func connect(to server: IPAddress) throws(SystemError) {
                while !isStopped.load(ordering: .relaxed) {
                    do throws(SystemError) {
                        let peer = try RawBGPPeer(dialling: server, asn: 65001, holdTimeSeconds: 3)
                        try peer.finishConnecting(until: .now + .seconds(1))
                        connectionCount.add(1, ordering: .relaxed)
                    } catch {
                        // The listener's queue is full, or the route server gave the connection up at once.
                        continue
                    }
                }
            }
        }

        @Test(arguments: Stream.allCases)
        func `one peer's flood neither ends another's session nor fills the log`(stream: Stream) throws {
            let testbed = try Testbed()
            let scene = try RouteServerScene(instances: "instance-hostile", "instance-good")
            let peerLog = testbed.path("peer-log.json")
            let (_, connection) = try testbed.startNode(
                "route-server", configuration(peerLog: peerLog), in: scene.routeServer,
                descriptors: [scene.vpc.descriptor.rawValue])
            _ = try connection.nextEvent(.nodeStarted)
            func dial(_ server: String, in namespace: borrowing NetworkNamespace) throws -> RawBGPPeer {
                let server = try Self.address(server)
                let peer = try namespace.perform { () throws(SystemError) in
                    try RawBGPPeer(dialling: server, asn: 65001, holdTimeSeconds: 3)
                }
                try peer.establish(until: .now + .seconds(10))
                return peer
            }
            let good = try dial("10.0.2.4", in: scene.second)
            let sender = Sender()
            let octets = try stream.octets()
            let hostile = stream == .connections ? nil : try dial("10.0.1.4", in: scene.first)
            let server = try Self.address("10.0.1.4")
            let connecting = Namespace(
                NetworkNamespace(adopting: try scene.first.descriptor.duplicate(), name: "instance-hostile"))
            let arrivals = try DedicatedThread.perform(
                {
                    if let hostile { return sender.send(octets, over: hostile) }
                    try connecting.namespace.perform { () throws(SystemError) in try sender.connect(to: server) }
                },
                alongside: {
                    defer { sender.stop() }
                    return try good.keepalives(during: Self.streamTime)
                })
            let counts = sender.counts
            #expect(!good.hasEnded, "the route server ended the session")
            let gaps = zip(arrivals, arrivals.dropFirst()).map { $1 - $0 }
            let longest = try #require(gaps.max())
            // KEEPALIVEs come once a second.
            #expect(longest < .seconds(2), "\(arrivals)")
            let logOctets = ["\(testbed.path("route-server.log"))", peerLog].map {
                byteCount(ofFile: $0) + byteCount(ofFile: LogFile.olderPath(of: $0))
            }
            print(
                "\(stream.rawValue): longest gap \(longest), octets in \(counts.octets), connections \(counts.connections), "
                    + "log and peer log \(logOctets)")
            #expect(counts.octets > 0 || counts.connections > 0)
            #expect(logOctets.allSatisfy { $0 <= 2 * LogFile.byteCountMax })
        }
    }
}
