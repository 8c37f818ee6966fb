// SPDX-License-Identifier: MIT-0
import BGP
import Glibc
import LinuxSystem
import NetlinkTopology
import NodeRuntime
import TestSupport
import Testing
import WireFormat

/// Sessions over the kernel's TCP, with a peer that the test plays.
@Suite(.requiresNetworkAdmin, .timeLimit(.minutes(1)))
struct SessionHostTests {
    /// The two ends of a TCP connection within one namespace.
    private struct Ends: ~Copyable {
        let host: StreamSocket
        let peer: StreamSocket

        init() throws {
            let namespace = try NetworkNamespace.create(name: "loopback")
            try TopologySocket(in: namespace).setUp(index: 1)
            let server = try address("127.0.0.1")
            let (host, peer) = try namespace.perform { () throws(SystemError) -> (Int32, Int32) in
                let listener = try StreamSocket.listen(address: server, port: 179, link: "lo")
                let dialled = try StreamSocket.dial(address: server, port: 179, from: nil)
                var accepted = try listener.accept()
                let deadline = Instant.now + .seconds(10)
                while accepted == nil, Instant.now < deadline { accepted = try listener.accept() }
                guard let accepted else {
                    throw SystemError(operation: "accept", subject: "connection", code: ETIMEDOUT)
                }
                return (
                    try accepted.descriptor.duplicate().release(), try dialled.descriptor.duplicate().release()
                )
            }
            self.host = StreamSocket(adopting: OwnedDescriptor(adopting: host))
            self.peer = StreamSocket(adopting: OwnedDescriptor(adopting: peer))
        }
    }

    @Test func `a connection that took nothing at first costs nothing once it has taken all`() throws {
        let loop = try EventLoop()
        let host = SessionHost(loop: loop)
        let neighbor = host.add(
            SessionConfiguration(
                localASN: ASN(65000), peerASN: ASN(65001), routerID: IPv4Address(bits: 1),
                peerAddress: try address("127.0.0.1"), isPassive: true))
        host.start(neighbor)
        let ends = try Ends()
        let filling = [UInt8](repeating: 0, count: 65536)
        while writeOnce(ends.host.descriptor.rawValue, filling, from: 0) > 0 {}
        let peer = ends.peer.descriptor.rawValue
        try host.accept(StreamSocket(adopting: try ends.host.descriptor.duplicate()), into: neighbor)
        #expect(host.snapshot(of: neighbor, at: loop.now).outputQueueByteCount > 0, "the OPEN waits")
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var wakeCount = 0
        loop.afterEachWake = { wakeCount += 1 }
        let ticker = loop.makeTimer {}
        func run(for duration: Duration, _ body: () -> Void = {}) throws {
            let end = Instant.now + duration
            while Instant.now < end {
                body()
                loop.schedule(ticker, at: min(.now + .milliseconds(20), end))
                try loop.runOnce()
            }
        }
        try run(for: .milliseconds(200)) {
            while case .octets = readOnce(peer, into: &buffer) {}
        }
        #expect(host.snapshot(of: neighbor, at: loop.now).outputQueueByteCount == 0)
        wakeCount = 0
        try run(for: .milliseconds(200))
        #expect(wakeCount <= 20, "the loop is woken for room that nobody waits for")
        _ = consume ends
    }
}
