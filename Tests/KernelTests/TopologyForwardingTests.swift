// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkRoutes
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

/// Packets, not tables: the topology forwards them.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct TopologyForwardingTests {
    @Test func `a packet follows the table of the leg it came in by, and moves with one route change`() throws {
        let vpc = try RoutedTriangle()
        var routes = try RouteSocket(in: vpc.router)
        let floating = try prefix("172.16.1.1/32")
        let probe = try EchoProbe(in: vpc.client, to: 0xAC10_0101)

        // Only the client's table has the route.
        #expect(try probe.exchange(sequence: 1) == nil)
        let toOne = RouteChange(table: 101, prefix: floating, nextHop: try address("10.0.1.10"))
        #expect(try routes.apply(toOne).result == .applied)
        #expect(try probe.exchange(sequence: 2) == RoutedTriangle.timesToLive.first)
        let toTwo = RouteChange(table: 101, prefix: floating, nextHop: try address("10.0.2.10"))
        #expect(try routes.apply(toTwo).result == .applied)
        #expect(try probe.exchange(sequence: 3) == RoutedTriangle.timesToLive.second)
        let away = RouteChange(table: 101, prefix: floating, nextHop: nil)
        #expect(try routes.apply(away).result == .applied)
        #expect(try probe.exchange(sequence: 4) == nil)
    }

    @Test func `a rule that leaves short prefixes out asks the next one for what they would have been for`() throws {
        let vpc = try RoutedTriangle()
        let inRouter = try TopologySocket(in: vpc.router)
        let leg = InterfaceName(literal: "eth3")
        let floating = try prefix("172.16.1.1/32")
        try inRouter.addRule(
            RoutingRule(
                family: .ipv4, inputInterface: leg, destination: try prefix("172.16.0.0/16"), table: 201, priority: 50,
                suppressedPrefixLength: 15))
        try inRouter.addRule(RoutingRule(family: .ipv4, inputInterface: nil, table: 202, priority: 60))
        let probe = try EchoProbe(in: vpc.client, to: 0xAC10_0101)
        var routes = try RouteSocket(in: vpc.router)
        // "local", for any incoming packet, comes before a default route of the first table.
        let local = RouteChange(table: 202, prefix: try prefix("172.16.1.0/24"), nextHop: try address("10.0.1.10"))
        let short = RouteChange(table: 201, prefix: try prefix("172.0.0.0/8"), nextHop: try address("10.0.2.10"))
        #expect(try routes.apply(local).result == .applied)
        #expect(try routes.apply(short).result == .applied)
        #expect(try probe.exchange(sequence: 1) == RoutedTriangle.timesToLive.first)
        let long = RouteChange(table: 201, prefix: floating, nextHop: try address("10.0.2.10"))
        #expect(try routes.apply(long).result == .applied)
        #expect(try probe.exchange(sequence: 2) == RoutedTriangle.timesToLive.second)
        let whole = RouteChange(table: 201, prefix: try prefix("172.16.0.0/16"), nextHop: try address("10.0.2.10"))
        #expect(try routes.apply(RouteChange(table: 201, prefix: floating, nextHop: nil)).result == .applied)
        #expect(try probe.exchange(sequence: 3) == RoutedTriangle.timesToLive.first)
        #expect(try routes.apply(whole).result == .applied)
        #expect(try probe.exchange(sequence: 4) == RoutedTriangle.timesToLive.second)
    }

    @Test func `a bridge port that does not forward drops packets both ways and keeps the carrier`() throws {
        let fixture = try BridgedPair()
        let other = try NetworkNamespace.create(name: "other")
        try fixture.inSubnet.addVeth(
            VethEnd(name: InterfaceName(literal: "port-2"), index: 12), in: fixture.subnet, master: 10,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: other)
        let inOther = try TopologySocket(in: other)
        try inOther.setUp(index: 2)
        #expect(try fixture.inSubnet.settledLink(index: 12).hasCarrier)
        try inOther.addAddress(try address("10.0.0.1"), prefixLength: 24, index: 2)
        try fixture.inInstance.addAddress(try address("10.0.0.10"), prefixLength: 24, index: 2)
        let probe = try EchoProbe(in: other, to: 0x0A00_000A)

        #expect(try probe.exchange(sequence: 1) != nil)
        try fixture.inSubnet.setForwarding(port: 11, false)
        #expect(try probe.exchange(sequence: 2) == nil)
        #expect(try fixture.inInstance.links().first { $0.index == 2 }?.hasCarrier == true)
        try fixture.inSubnet.setForwarding(port: 11, true)
        #expect(try probe.exchange(sequence: 3) != nil)
    }
}

/// A router with three legs (eth1, eth2, eth3) to "client" 10.0.3.10 and two instances 10.0.1.10 and 10.0.2.10.
///
/// Both instances have 172.16.1.1 and answer with a TTL of 61 and 62; packets from the client are routed by table 101.
private struct RoutedTriangle: ~Copyable {
    /// A reply's TTL identifies its sender, one hop away.
    static let timesToLive: (first: UInt8, second: UInt8) = (60, 61)

    let router: NetworkNamespace
    let client: NetworkNamespace
    private let instance1: NetworkNamespace
    private let instance2: NetworkNamespace

    init() throws {
        let router = try NetworkNamespace.create(name: "router")
        let client = try NetworkNamespace.create(name: "client")
        let instance1 = try NetworkNamespace.create(name: "instance-1")
        let instance2 = try NetworkNamespace.create(name: "instance-2")
        try router.perform { () throws(SystemError) in
            try setKernelParameter("net/ipv4/ip_forward", 1)
            // The main table has no route back to the floating address. A new namespace has the host's values, and a
            // new link those of "default".
            try setKernelParameter("net/ipv4/conf/all/rp_filter", 0)
            try setKernelParameter("net/ipv4/conf/default/rp_filter", 0)
        }
        let inRouter = try TopologySocket(in: router)
        try Self.connect(instance1, 1, to: router, inRouter)
        try Self.connect(instance2, 2, to: router, inRouter)
        try Self.connect(client, 3, to: router, inRouter)
        try Self.giveFloatingAddress(to: instance1, timeToLive: 61)
        try Self.giveFloatingAddress(to: instance2, timeToLive: 62)
        try inRouter.addRule(
            RoutingRule(family: .ipv4, inputInterface: InterfaceName(literal: "eth3"), table: 101, priority: 100))
        self.router = router
        self.client = client
        self.instance1 = instance1
        self.instance2 = instance2
    }

    private static func giveFloatingAddress(
        to instance: borrowing NetworkNamespace, timeToLive: Int
    ) throws {
        try TopologySocket(in: instance).addAddress(try address("172.16.1.1"), prefixLength: 32, index: 2)
        try instance.perform { () throws(SystemError) in
            try setKernelParameter("net/ipv4/ip_default_ttl", timeToLive)
        }
    }

    private static func connect(
        _ leaf: borrowing NetworkNamespace, _ number: Int32, to router: borrowing NetworkNamespace,
        _ inRouter: borrowing TopologySocket
    ) throws {
        try inRouter.addVeth(
            VethEnd(name: try #require(InterfaceName("eth\(number)")), index: 10 + number), in: router,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: leaf)
        try inRouter.addAddress(try address("10.0.\(number).1"), prefixLength: 24, index: 10 + number)
        let inLeaf = try TopologySocket(in: leaf)
        try inLeaf.setUp(index: 2)
        #expect(try inRouter.settledLink(index: 10 + number).hasCarrier)
        try inLeaf.addAddress(try address("10.0.\(number).10"), prefixLength: 24, index: 2)
        try inLeaf.addRoute(
            TopologyRoute(destination: try prefix("0.0.0.0/0"), gateway: try address("10.0.\(number).1")))
    }
}

/// One ICMP echo at a time, from a raw socket opened in a namespace.
private struct EchoProbe: ~Copyable {
    private let socket: OwnedDescriptor
    private let target: UInt32

    /// How long an answer may take; on one machine it takes microseconds.
    private static let patience = Duration.milliseconds(300)

    init(in namespace: borrowing NetworkNamespace, to target: UInt32) throws {
        let raw = try namespace.perform { () throws(SystemError) in
            try systemCall("open", "raw socket") {
                Glibc.socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_ICMP))
            }
        }
        socket = OwnedDescriptor(adopting: raw)
        self.target = target
    }

    /// The TTL of the reply; nil if there is none.
    func exchange(sequence: UInt8) throws -> UInt8? {
        // Type 8, code 0, checksum, identifier 0x5253, sequence.
        let words: [UInt16] = [0x0800, 0, 0x5253, UInt16(sequence)]
        var sum = words.reduce(UInt32(0)) { $0 + UInt32($1) }
        sum = (sum & 0xFFFF) + (sum >> 16)
        let checksum = ~UInt16(truncatingIfNeeded: sum)
        let request = [words[0], checksum, words[2], words[3]].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        var destination = sockaddr_in()
        destination.sin_family = sa_family_t(AF_INET)
        destination.sin_addr.s_addr = target.bigEndian
        let descriptor = socket.rawValue
        // Without a route, sending itself may fail: no reply either.
        _ = withUnsafePointer(to: &destination) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, request, request.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let deadline = Instant.now + Self.patience
        while true {
            let left = (deadline - Instant.now).nanoseconds / 1_000_000
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&entry, 1, Int32(clamping: left)) > 0 else { return nil }
            var packet = [UInt8](repeating: 0, count: 1500)
            let received = recv(descriptor, &packet, packet.count, 0)
            // After an IPv4 header of 20 octets: TTL at 8; echo reply is type 0.
            if received >= 28, packet[20] == 0, packet[24] == 0x52, packet[25] == 0x53, packet[27] == sequence {
                return packet[8]
            }
        }
    }
}
