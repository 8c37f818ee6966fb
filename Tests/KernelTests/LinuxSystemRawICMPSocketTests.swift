// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .timeLimit(.minutes(1)))
struct LinuxSystemRawICMPSocketTests {
    private static let packetCount = 50

    @Test func `what is sent over the loopback comes back, with stamps of both in their order`() throws {
        let namespace = try NetworkNamespace.create(name: "loopback")
        try TopologySocket(in: namespace).setUp(index: 1)
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
            // The requests come by as well, being on the loopback; the socket lets only answers through.
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
        // Kernel stamps are of another clock, which is read a moment after this one: allow for that.
        let slack = Duration.milliseconds(1)
        for ((_, received), (_, transmitted)) in zip(replies, sent) {
            #expect(start - slack <= transmitted && transmitted <= received + slack && received <= end + slack)
        }
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $0.stamp <= $1.stamp + slack })
        #expect(zip(replies, replies.dropFirst()).allSatisfy { $0.stamp <= $1.stamp + slack })
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
    private static func request(sequence: Int) -> [UInt8] {
        let words: [UInt32] = [0x0800, 0, 0x1234, UInt32(sequence)]
        var sum = words.reduce(0, +)
        sum = (sum & 0xFFFF) + (sum >> 16)
        let checksum = ~sum & 0xFFFF
        return [words[0], checksum, words[2], words[3]].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
}
