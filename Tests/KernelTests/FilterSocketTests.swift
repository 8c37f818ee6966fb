// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import NetlinkFilter
import TestSupport
import Testing
import WireFormat

/// What is dropped, as reported by the real `nft`.
@Suite(.requiresNetworkAdmin, .sideBySide, .requires(program: "/usr/sbin/nft", from: "nftables"))
struct FilterSocketTests {
    /// `nft list ruleset` inside a namespace.
    private func ruleset(of namespace: borrowing NetworkNamespace) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/nsenter")
        process.arguments = [
            "--net=/proc/\(getpid())/fd/\(namespace.descriptor.rawValue)", "/usr/sbin/nft", "list", "ruleset",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return text
    }

    @Test func `each part of a match is what nft says it is`() throws {
        let namespace = try NetworkNamespace.create(name: "filter")
        var socket = try FilterSocket(in: namespace)
        try socket.drop([
            IngressDrop(link: "lo"),
            IngressDrop(link: "lo", match: PacketMatch(transport: .tcp, port: .destination(179))),
            IngressDrop(link: "lo", match: PacketMatch(transport: .udp, port: .source(3784))),
            IngressDrop(link: "lo", match: PacketMatch(destination: IPAddress("172.16.1.1"))),
            IngressDrop(link: "lo", match: PacketMatch(destination: IPAddress("2001:db8:ffff::1"))),
            IngressDrop(link: "lo", match: PacketMatch(source: IPv4Address(bits: 0x0A00_0104))),
            IngressDrop(link: "lo", match: PacketMatch(transport: .icmp, echoIdentifier: 258)),
            IngressDrop(link: "lo", match: PacketMatch(probability: 0.25)),
        ])
        let text = try ruleset(of: namespace)
        let lines = text.split(separator: "\n").map { $0.trimmingPrefix { $0 == "\t" } }
        #expect(lines.first == "table netdev rslab-fault {")
        #expect(lines.contains("type filter hook ingress device \"lo\" priority filter; policy accept;"), "\(text)")
        let rules = lines.filter { $0.hasSuffix("drop") }.map(String.init)
        #expect(
            rules == [
                "counter packets 0 bytes 0 drop",
                "ip protocol tcp tcp dport 179 counter packets 0 bytes 0 drop",
                "ip protocol udp udp sport 3784 counter packets 0 bytes 0 drop",
                "ip daddr 172.16.1.1 counter packets 0 bytes 0 drop",
                "ip6 daddr 2001:db8:ffff::1 counter packets 0 bytes 0 drop",
                "ip saddr 10.0.1.4 counter packets 0 bytes 0 drop",
                "ip protocol icmp icmp id 258 counter packets 0 bytes 0 drop",
                "meta random < 1073741824 counter packets 0 bytes 0 drop",
            ], "\(text)")

        // Another set replaces the first as a whole.
        try socket.drop([IngressDrop(link: "lo", match: PacketMatch(transport: .icmp))])
        #expect(try ruleset(of: namespace).split(separator: "\n").filter { $0.hasSuffix("drop") }.count == 1)
        try socket.removeAll()
        #expect(try ruleset(of: namespace).isEmpty)
        try socket.removeAll()
        #expect(try ruleset(of: namespace).isEmpty)
    }
}
