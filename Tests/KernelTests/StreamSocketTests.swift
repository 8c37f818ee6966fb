// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .timeLimit(.minutes(1)))
struct StreamSocketTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.2", Int32(IPPROTO_IP), IP_TTL), ("::1", "::1", Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS),
    ])
    func `both ends of a connection reach one hop far, and know each other's address`(
        server: String, client: String, level: Int32, option: Int32
    ) throws {
        let namespace = try NetworkNamespace.create(name: "loopback")
        try TopologySocket(in: namespace).setUp(index: 1)
        let server = try #require(IPAddress(server))
        let client = try #require(IPAddress(client))
        let (hops, addresses) = try namespace.perform { () throws(SystemError) in
            let listener = try StreamSocket.listen(address: server, port: 179, link: "lo")
            let none = try listener.accept()
            guard none == nil else { throw SystemError(operation: "accept", subject: "nobody's", code: 0) }
            let dialled = try StreamSocket.dial(address: server, port: 179, from: client)
            var accepted = try listener.accept()
            let deadline = Instant.now + .seconds(10)
            while accepted == nil, Instant.now < deadline { accepted = try listener.accept() }
            guard let accepted else { throw SystemError(operation: "accept", subject: "connection", code: ETIMEDOUT) }
            let hops = [listener.descriptor.rawValue, dialled.descriptor.rawValue, accepted.descriptor.rawValue]
                .map { descriptor in Self.option(descriptor, level, option) }
            let addresses = [
                try dialled.localAddress(), try dialled.remoteAddress(), try accepted.localAddress(),
                try accepted.remoteAddress(),
            ]
            return (hops + [dialled.connectionError()], addresses)
        }
        #expect(hops == [1, 1, 1, 0])
        #expect(addresses == [client, server, server, client])
    }

    private static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : -errno
    }

    @Test func `dialling a port without a listener reports when it has ended`() throws {
        let namespace = try NetworkNamespace.create(name: "loopback")
        try TopologySocket(in: namespace).setUp(index: 1)
        let server = try #require(IPAddress("127.0.0.1"))
        let code = try namespace.perform { () throws(SystemError) -> Int32 in
            do throws(SystemError) {
                return try StreamSocket.dial(address: server, port: 179, from: nil).connectionError()
            } catch {
                // On the loopback the answer may arrive before the call returns.
                return error.code
            }
        }
        #expect(code == ECONNREFUSED)
        let error = #expect(throws: SystemError.self) {
            _ = try StreamSocket.listen(address: server, port: 179, link: "nowhere0").descriptor.rawValue
        }
        #expect(error?.code == ENODEV)
    }
}
