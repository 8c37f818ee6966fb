// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Causes
import Measurement
import NodeProtocol
import RouteServer
import Testing
import WireFormat

@Suite struct ProgramConfigurationTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func sent<Value: Codable>(_ value: Value) throws -> Value {
        try JSON.decode(Value.self, from: JSON.encode(value))
    }

    private func speaker(families: [AddressFamily] = [.ipv4]) throws -> SpeakerProgramConfiguration {
        let routerID = try #require(IPv4Address("10.0.1.203"))
        return SpeakerProgramConfiguration(
            node: "instance", asn: ASN(65001), routerID: routerID, listenPort: nil,
            neighbors: [
                SessionConfiguration(
                    localASN: ASN(65001), peerASN: ASN(65000), routerID: routerID, peerAddress: try address("10.0.1.4"),
                    families: families)
            ],
            sourceAddresses: [try address("10.0.1.4"): try address("10.0.1.203")], announcements: [])
    }

    private func announcement(_ prefix: String, nextHop: String) throws -> Announcement {
        Announcement(
            prefix: try #require(IPPrefix(prefix)),
            attributes: PathAttributes(origin: .igp, asPath: ASPath(), nextHop: try address(nextHop)))
    }

    // MARK: Speaker

    @Test func `a speaker's configuration survives its way to the program`() throws {
        var configuration = try speaker()
        configuration.bfd = [
            "10.0.1.4": BFDSessionSettings(timers: BFDTimers(interval: .milliseconds(300), multiplier: 3))
        ]
        configuration.prepends = ["10.0.1.4": [ASN(65001)]]
        #expect(try sent(configuration) == configuration)
        #expect(configuration.sourceAddresses == ["10.0.1.4": try address("10.0.1.203")])
    }

    @Test func `an IPv4 route is sent to neighbours that speak IPv4`() throws {
        #expect(try speaker().reasonToKeepBack(try announcement("172.16.1.1/32", nextHop: "0.0.0.0")) == nil)
    }

    @Test func `an IPv6 route is sent to no neighbour if none speaks IPv6`() throws {
        let reason = try speaker().reasonToKeepBack(try announcement("fd00::1/128", nextHop: "::"))
        #expect(reason == #"no neighbour of its gobgpd.conf has afi-safi-name = "ipv6-unicast""#)
    }

    @Test func `an IPv6 route needs an address to be the next hop`() throws {
        var configuration = try speaker(families: [.ipv4, .ipv6])
        let own = try announcement("fd00::1/128", nextHop: "::")
        #expect(
            configuration.reasonToKeepBack(own)
                == "none of its network interfaces has an IPv6 address for the next hop")
        #expect(configuration.reasonToKeepBack(try announcement("fd00::1/128", nextHop: "fd00::2")) == nil)
        configuration.ipv6Address = try address("2600:1f00::5")
        #expect(configuration.reasonToKeepBack(own) == nil)
    }

    // MARK: Route server and watcher

    @Test func `only a route server whose routes come second watches others`() {
        #expect(SharedRouteTables(metric: 100, preferred: [1001: [:]]).isPreferredEverywhere)
        #expect(!SharedRouteTables(metric: 101, preferred: [1001: [100: "rs1"], 1002: [:]]).isPreferredEverywhere)
    }

    @Test func `a route server is started with its sessions, links and shared tables`() throws {
        let endpoint = try address("10.0.1.4")
        let configuration = RouteServerProgramConfiguration(
            node: "rs",
            machine: RouteServerConfiguration(
                name: "rs1", asn: ASN(65000), endpoints: [], peers: [], owners: [], propagations: []),
            endpoints: [.init(name: "rse1", address: endpoint, link: "rse1")],
            sessions: [
                .init(
                    peer: PeerID("Peer1"), endpoint: "rse1", endpointAddress: endpoint, link: "rse1",
                    session: SessionConfiguration(
                        localASN: ASN(65000), peerASN: ASN(65001), routerID: try #require(IPv4Address("10.0.1.4")),
                        peerAddress: try address("10.0.1.203"), isPassive: true),
                    bfd: BFDSessionSettings(timers: BFDTimers(interval: .milliseconds(50), multiplier: 3)))
            ],
            peerLog: PeerLogSettings(path: "/run/rs.peer-log.json"),
            sharedTables: SharedRouteTables(metric: 101, preferred: [1001: [100: "rs1"]]))
        #expect(try sent(configuration) == configuration)
    }

    @Test func `a watcher is started with its tables`() throws {
        let configuration = WatcherProgramConfiguration(
            node: "vpc", tables: [1001: "rtb"], sharedTables: [1001], instances: ["10.0.1.203": "instance"])
        #expect(try sent(configuration) == configuration)
    }

    // MARK: Measuring

    @Test func `a prober is started with its schedule`() throws {
        let settings = ProberProgramSettings(
            destinations: [.init(stream: 1, address: try address("172.16.1.1"))],
            schedule: ProbeSchedule(interval: Milliseconds(1), frequentCount: 1), cookie: .max, messageByteCount: 64,
            linger: .milliseconds(200))
        #expect(try sent(settings) == settings)
    }

    @Test func `a responder is started with the number that marks its replies`() throws {
        let settings = ResponderProgramSettings(addresses: [try address("172.16.1.1")], port: 7007, number: 2)
        #expect(try sent(settings) == settings)
    }

    @Test func `a user's command keeps its arguments`() throws {
        let settings = EnterProgramSettings(
            commandDirectory: "/run/bin", searchPath: "/bin", homeFiles: ["gobgp": "/run/bin/gobgp"],
            hostsFile: "/run/hosts", words: ["sh", "-c", "echo \"a b\" | cat"], lab: "vpc-rs", workingDirectory: nil)
        #expect(try sent(settings) == settings)
    }

    // MARK: JSON

    @Test func `keys are in order, in one line`() {
        let text = String(decoding: JSON.encode(["b": "1", "a": "2\n", "/": "3"]), as: UTF8.self)
        #expect(text == #"{"/":"3","a":"2\n","b":"1"}"#)
    }

    @Test func `octets that are not JSON say so`() throws {
        let error = try #require(
            throws: JSONError.self, performing: { try JSON.decode(BlockReport.self, from: Array("{".utf8)) })
        #expect(error.description.hasPrefix("not the expected JSON: "))
    }
}
