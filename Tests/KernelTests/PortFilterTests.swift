// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkFilter
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

/// What passes a filtered port and what does not, tested with packets.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct PortFilterTests {
    private static let everything: [PortFilter.Rule] = [.v4(.any), .v6(.any)].map { any in
        PortFilter.Rule(.all, .block(IPPrefix(masking: any, length: 0)))
    }

    private func filter(
        _ host: FilteredSegment.Host, ingress: [PortFilter.Rule] = [], egress: [PortFilter.Rule] = everything,
        checks: Bool = false
    ) -> PortFilter {
        PortFilter(
            port: host.port, addresses: host.addresses, checksAddresses: checks, hasRules: true, ingress: ingress,
            egress: egress, exempt: [])
    }

    @Test(arguments: AddressFamily.allCases)
    func `a rule lets its port in from its block, and every answer out again`(family: AddressFamily) throws {
        let segment = try FilteredSegment()
        var socket = try PortFilterSocket(in: segment.subnet)
        let (a, b, c) = (segment.a, segment.b, segment.c)
        let fromA = IPPrefix(host: a.address(family))
        // Neither has a rule for replies: b may not start anything, and a may not receive anything new.
        try socket.enforce([
            filter(a),
            filter(b, ingress: [.init(.transport(17, ports: 4000...4001), .block(fromA))], egress: []),
        ])
        let server = try segment.datagramSocket(b, family, port: 4000)
        let client = try segment.datagramSocket(a, family, port: 5000)
        let stranger = try segment.datagramSocket(c, family, port: 5000)
        let closed = try segment.datagramSocket(b, family, port: 4002)

        #expect(try segment.passes(client, to: server, b.address(family), 4000))
        #expect(try segment.passes(server, to: client, a.address(family), 5000))
        #expect(try !segment.passes(stranger, to: server, b.address(family), 4000))
        #expect(try !segment.passes(client, to: closed, b.address(family), 4002))
        // The flow is between these ports alone.
        #expect(try !segment.passes(closed, to: client, a.address(family), 5000))

        let drops = try socket.drops().filter { $0.ipProtocol == 17 }
        func packets(_ direction: PortFilter.Direction, from source: FilteredSegment.Host, _ port: UInt16) -> UInt64 {
            drops.filter {
                $0.direction == direction && $0.source == source.address(family) && $0.selector == port && !$0.isForeign
            }.reduce(0) { $0 + $1.packets }
        }
        #expect(packets(.ingress, from: c, 4000) == 1)
        #expect(packets(.ingress, from: a, 4002) == 1)
        #expect(packets(.egress, from: b, 5000) == 1)
        #expect(drops.count == 3)
        let counts = try socket.counts().filter { $0.port == b.port && $0.packets > 0 }
        #expect(counts.contains { $0.direction == .ingress && $0.subject == .rule(0) && $0.packets == 1 })
        #expect(counts.contains { $0.direction == .egress && $0.subject == .established && $0.packets == 1 })
        #expect(counts.contains { $0.direction == .ingress && $0.subject == .refused && $0.packets == 2 })
    }

    @Test func `addresses of a set are allowed one by one, ports of other protocols are not`() throws {
        let segment = try FilteredSegment()
        var socket = try PortFilterSocket(in: segment.subnet)
        let members = [segment.a.address(.ipv4), segment.a.address(.ipv6)]
        try socket.enforce([
            filter(
                segment.b,
                ingress: [.init(.transport(17, ports: nil), .addresses(members)), .init(.all, .addresses([]))]
            )
        ])
        for family in AddressFamily.allCases {
            let server = try segment.datagramSocket(segment.b, family, port: 4000)
            let member = try segment.datagramSocket(segment.a, family, port: 5000)
            let other = try segment.datagramSocket(segment.c, family, port: 5000)
            #expect(try segment.passes(member, to: server, segment.b.address(family), 4000))
            #expect(try !segment.passes(other, to: server, segment.b.address(family), 4000))
        }
    }

    @Test func `the check drops what is from another address or to another, and nothing else`() throws {
        let segment = try FilteredSegment()
        var socket = try PortFilterSocket(in: segment.subnet)
        var checked = filter(segment.a, checks: true)
        checked.hasRules = false
        try socket.enforce([checked])
        let server = try segment.datagramSocket(segment.b, .ipv4, port: 4000)
        let own = try segment.datagramSocket(segment.a, .ipv4, port: 5000)
        #expect(try segment.passes(own, to: server, segment.b.address(.ipv4), 4000))
        #expect(try segment.passes(server, to: own, segment.a.address(.ipv4), 5000))
        let foreign = try #require(IPAddress("172.16.1.1"))
        try segment.a.socket.addAddress(foreign, prefixLength: 32, index: LabLoopback.index)
        let floating = try segment.datagramSocket(segment.a, address: foreign, port: 5001)
        #expect(try !segment.passes(floating, to: server, segment.b.address(.ipv4), 4000))
        let drop = try #require(try socket.drops().first)
        #expect(drop.isForeign && drop.direction == .egress && drop.source == foreign && drop.packets == 1)

        // From here on nothing is filtered any more.
        try socket.enforce([])
        #expect(try segment.passes(floating, to: server, segment.b.address(.ipv4), 4000))
        #expect(try socket.drops().isEmpty)
        #expect(try socket.counts().isEmpty)
    }

    @Test func `an error about what was sent comes back, and an echo request does not pass for a reply`() throws {
        let segment = try FilteredSegment()
        var socket = try PortFilterSocket(in: segment.subnet)
        try socket.enforce([filter(segment.a)])
        // Nothing listens on b: its error concerns a flow that a began.
        #expect(try segment.isRefused(from: segment.a, to: segment.b.address(.ipv4), port: 4444))
        #expect(try segment.isAnswered(from: segment.a, to: segment.b.address(.ipv4), identifier: 7))
        #expect(try !segment.isAnswered(from: segment.b, to: segment.a.address(.ipv4), identifier: 7))
        #expect(try socket.drops().contains { $0.ipProtocol == 1 && $0.selector == 0x0800 })
    }
}

private enum LabLoopback { static let index: Int32 = 1 }
