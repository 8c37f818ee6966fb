// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .timeLimit(.minutes(1)))
struct RawICMPSocketTests {
    private static let packetCount = 50

    /// Keeps the kernel stamping: it begins in the background, some time after a first socket asks for it.
    private final class Stamping {
        private let socket: RawICMPSocket

        init(in namespace: borrowing NetworkNamespace) throws {
            let destination = try #require(IPAddress("127.0.0.1"))
            let raw = try namespace.perform { () throws(SystemError) in
                try RawICMPSocket(destination: destination).release()
            }
            socket = RawICMPSocket(adopting: raw, destination: destination)
            var buffer = [UInt8](repeating: 0, count: 2048)
            let deadline = Instant.now + .seconds(20)
            while Instant.now < deadline {
                _ = socket.send(RawICMPSocketTests.request(sequence: 0))
                if socket.receive(into: &buffer, fromErrorQueue: false)?.kernelStamp != nil { return }
                try DedicatedThread.pause(.milliseconds(1))
            }
            Issue.record("the kernel stamps nothing")
        }
    }

    @Test func `what is sent over the loopback comes back, with stamps of both in their order`() throws {
        let namespace = try NetworkNamespace.create(name: "loopback")
        try TopologySocket(in: namespace).setUp(index: 1)
        let stamping = try Stamping(in: namespace)
        defer { withExtendedLifetime(stamping) {} }
        let destination = try #require(IPAddress("127.0.0.1"))
        let raw = try namespace.perform { () throws(SystemError) in
            try RawICMPSocket(destination: destination).release()
        }
        let socket = RawICMPSocket(adopting: raw, destination: destination)
        var buffer = [UInt8](repeating: 0, count: 2048)
        let start = Instant.now
        for sequence in 0..<Self.packetCount {
            let code = socket.send(Self.request(sequence: sequence))
            #expect(code == 0)
        }
        var replies: [(sequence: Int, stamp: Instant)] = []
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: false) {
            // The requests arrive too, since this is the loopback; the socket lets only answers through.
            #expect(arrival.byteCount == 28)
            #expect(buffer[20] == 0, "an echo reply")
            #expect(arrival.transmitIdentifier == nil)
            replies.append((Int(buffer[26]) << 8 | Int(buffer[27]), try #require(arrival.kernelStamp)))
        }
        var sent: [(identifier: UInt32, stamp: Instant)] = []
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: true) {
            sent.append((try #require(arrival.transmitIdentifier), try #require(arrival.kernelStamp)))
        }
        let end = Instant.now
        #expect(replies.map(\.sequence) == Array(0..<Self.packetCount))
        #expect(sent.map(\.identifier) == (0..<UInt32(Self.packetCount)).map { $0 })
        // Kernel stamps use another clock, which is read a moment after this one: allow for that.
        let slack = Duration.milliseconds(1)
        for ((_, received), (_, transmitted)) in zip(replies, sent) {
            #expect(start - slack <= transmitted && transmitted <= received + slack && received <= end + slack)
        }
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $0.stamp <= $1.stamp + slack })
        #expect(zip(replies, replies.dropFirst()).allSatisfy { $0.stamp <= $1.stamp + slack })
    }

    @Test func `over IPv6 each reply comes with its source and hop limit, without a header`() throws {
        let namespace = try NetworkNamespace.create(name: "loopback-6")
        try TopologySocket(in: namespace).setUp(index: 1)
        let stamping = try Stamping(in: namespace)
        defer { withExtendedLifetime(stamping) {} }
        let destination = try #require(IPAddress("2001:db8:ffff::1"))
        let topology = try TopologySocket(in: namespace)
        try topology.addAddress(destination, prefixLength: 128, index: 1)
        // The kernel creates the local route of an IPv6 address in the background.
        let deadline = Instant.now + .seconds(10)
        while try !topology.routes(table: 255).contains(where: { $0.route.destination.address == destination }),
            Instant.now < deadline
        {
            try DedicatedThread.pause(.milliseconds(1))
        }
        let raw = try namespace.perform { () throws(SystemError) in
            try RawICMPSocket(destination: destination, source: destination).release()
        }
        let socket = RawICMPSocket(adopting: raw, destination: destination)
        for sequence in 0..<Self.packetCount {
            var request = Self.request(sequence: sequence)
            request[0] = 128
            #expect(socket.send(request, to: destination) == 0)
        }
        var buffer = PacketBuffer()
        var sequences: [Int] = []
        while case let count = socket.receive(into: &buffer, fromErrorQueue: false), count > 0 {
            for index in 0..<count {
                let origin = try #require(buffer.arrivals[index].origin)
                #expect(.v6(origin.source) == destination)
                #expect(origin.hopLimit == 64)
                #expect(buffer.arrivals[index].kernelStamp != nil)
                let packet = buffer.bytes[buffer.range(of: index)]
                #expect(packet.first == 129)
                sequences.append(packet.dropFirst(6).prefix(2).reduce(0) { $0 << 8 | Int($1) })
            }
        }
        #expect(sequences == Array(0..<Self.packetCount))
        var identifiers: [UInt32] = []
        while case let count = socket.receive(into: &buffer, fromErrorQueue: true), count > 0 {
            identifiers += buffer.arrivals[..<count].compactMap(\.transmitIdentifier)
        }
        #expect(identifiers == (0..<UInt32(Self.packetCount)).map { $0 })
    }

    @Test func `many packets are taken in one call, to other destinations and from a source of one's own`() throws {
        let namespace = try NetworkNamespace.create(name: "batch")
        try TopologySocket(in: namespace).setUp(index: 1)
        let stamping = try Stamping(in: namespace)
        defer { withExtendedLifetime(stamping) {} }
        let source = try #require(IPAddress("127.0.0.7"))
        let raw = try namespace.perform { () throws(SystemError) in
            try RawICMPSocket(destination: source, source: source).release()
        }
        let socket = RawICMPSocket(adopting: raw, destination: source)
        // Three full buffers and a part of one.
        let count = 3 * PacketBuffer.packetCount + 3
        for sequence in 0..<count {
            let code = socket.send(Self.request(sequence: sequence), to: .v4(IPv4Address(bits: 0x7F00_0001)))
            #expect(code == 0)
        }
        var buffer = PacketBuffer()
        for fromErrorQueue in [false, true] {
            var numbers: [Int] = []
            var counts: [Int] = []
            repeat {
                counts.append(socket.receive(into: &buffer, fromErrorQueue: fromErrorQueue))
                for index in 0..<(counts.last ?? 0) {
                    #expect(buffer.arrivals[index].kernelStamp != nil)
                    if fromErrorQueue {
                        numbers.append(Int(try #require(buffer.arrivals[index].transmitIdentifier)))
                        continue
                    }
                    let packet = buffer.bytes[buffer.range(of: index)]
                    #expect(packet.count == 28)
                    // From the former destination, to the former source.
                    #expect(packet.dropFirst(12).prefix(8).elementsEqual([127, 0, 0, 1, 127, 0, 0, 7]))
                    numbers.append(Int(packet[packet.startIndex + 26]) << 8 | Int(packet[packet.startIndex + 27]))
                }
            } while counts.last == PacketBuffer.packetCount
            #expect(numbers == Array(0..<count))
            #expect(counts == [8, 8, 8, 3])
        }
        #expect(socket.receive(into: &buffer, fromErrorQueue: false) == 0)
    }

    @Test func `a source that the namespace does not have is refused`() throws {
        let namespace = try NetworkNamespace.create(name: "foreign")
        // Without a local table the kernel finds no route.
        try TopologySocket(in: namespace).setUp(index: 1)
        let source = try #require(IPAddress("192.0.2.7"))
        #expect(throws: SystemError.self) {
            try namespace.perform { () throws(SystemError) in
                try RawICMPSocket(destination: source, source: source).release()
            }
        }
    }

    @Test func `a destination that no route leads to is an errno of send, and no packet`() throws {
        let namespace = try NetworkNamespace.create(name: "nowhere")
        let destination = try #require(IPAddress("192.0.2.1"))
        let raw = try namespace.perform { () throws(SystemError) in
            try RawICMPSocket(destination: destination).release()
        }
        let socket = RawICMPSocket(adopting: raw, destination: destination)
        let code = socket.send(Self.request(sequence: 1))
        #expect(code == ENETUNREACH)
        var buffer = [UInt8](repeating: 0, count: 2048)
        let arrival = socket.receive(into: &buffer, fromErrorQueue: false)
        #expect(arrival == nil)
        let stamp = socket.receive(into: &buffer, fromErrorQueue: true)
        #expect(stamp == nil)
    }

    /// An ICMP echo request (RFC 792) of eight octets.
    fileprivate static func request(sequence: Int) -> [UInt8] {
        let words: [UInt32] = [0x0800, 0, 0x1234, UInt32(sequence)]
        var sum = words.reduce(0, +)
        sum = (sum & 0xFFFF) + (sum >> 16)
        let checksum = ~sum & 0xFFFF
        return [words[0], checksum, words[2], words[3]].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
}
