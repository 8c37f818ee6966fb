// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import NetlinkTopology
import WireFormat

/// A bridge (10) in "subnet" with three ports (11, 12, 13), each leading to a host of both families; all know each
/// other.
struct FilteredSegment: ~Copyable {
    /// One host; its other end is a port of the bridge.
    final class Host {
        let port: UInt32
        let namespace: NetworkNamespace
        let socket: TopologySocket
        let addresses: [IPAddress]

        fileprivate init(_ number: UInt32) throws {
            port = 10 + number
            namespace = try NetworkNamespace.create(name: "host-\(number)")
            socket = try TopologySocket(in: namespace)
            addresses = ["10.0.0.\(number)", "fd00::\(number)"].compactMap { IPAddress($0) }
        }

        func address(_ family: AddressFamily) -> IPAddress { addresses[family == .ipv4 ? 0 : 1] }
    }

    let subnet: NetworkNamespace
    let inSubnet: TopologySocket
    let a: Host
    let b: Host
    let c: Host

    /// How long a packet may take; on one machine it takes microseconds.
    private static let patience = Duration.milliseconds(200)

    init() throws {
        let subnet = try NetworkNamespace.create(name: "subnet")
        let inSubnet = try TopologySocket(in: subnet)
        try inSubnet.addBridge(BridgeSpecification(name: InterfaceName(literal: "bridge"), index: 10))
        let hosts = try [1, 2, 3].map { try Host($0) }
        for host in hosts {
            try host.namespace.perform { () throws(SystemError) in
                try setKernelParameter("net/ipv6/conf/default/accept_dad", 0)
                try setKernelParameter("net/ipv6/conf/default/addr_gen_mode", 1)
            }
            guard let name = InterfaceName("port-\(host.port)") else { continue }
            try inSubnet.addVeth(
                VethEnd(name: name, index: Int32(host.port)), in: subnet, master: 10,
                to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: host.namespace)
            try host.socket.setUp(index: 1)
            try host.socket.setUp(index: 2)
            _ = try inSubnet.settledLink(index: Int32(host.port))
            for address in host.addresses {
                try host.socket.addAddress(address, prefixLength: address.family == .ipv4 ? 24 : 64, index: 2)
            }
            try host.socket.addRoute(
                TopologyRoute(
                    destination: IPPrefix(masking: .v4(.any), length: 0), gateway: IPAddress("10.0.0.254"), index: 2,
                    table: 254))
        }
        self.subnet = subnet
        self.inSubnet = inSubnet
        (a, b, c) = (hosts[0], hosts[1], hosts[2])
    }

    // MARK: UDP

    /// A UDP socket bound to an address and port of a host.
    func datagramSocket(_ host: Host, _ family: AddressFamily, port: UInt16) throws -> OwnedDescriptor {
        try datagramSocket(host, address: host.address(family), port: port)
    }

    func datagramSocket(_ host: Host, address: IPAddress, port: UInt16) throws -> OwnedDescriptor {
        let descriptor = try open(host, address.family, SOCK_DGRAM, 0)
        _ = try Self.withSocketAddress(address, port) { pointer, length throws(SystemError) in
            try systemCall("bind to", "\(address) port \(port)") { bind(descriptor.rawValue, pointer, length) }
        }
        return descriptor
    }

    /// Whether one datagram arrives.
    func passes(
        _ sender: borrowing OwnedDescriptor, to receiver: borrowing OwnedDescriptor, _ address: IPAddress,
        _ port: UInt16
    ) throws -> Bool {
        let descriptor = sender.rawValue
        let sent = try Self.withSocketAddress(address, port) { pointer, length throws(SystemError) in
            sendto(descriptor, [1, 2, 3] as [UInt8], 3, 0, pointer, length)
        }
        guard sent == 3, wait(for: receiver.rawValue) else { return false }
        var buffer = [UInt8](repeating: 0, count: 64)
        return recv(receiver.rawValue, &buffer, buffer.count, 0) == 3
    }

    private func open(
        _ host: Host, _ family: AddressFamily, _ type: __socket_type, _ number: Int32
    ) throws -> OwnedDescriptor {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        return OwnedDescriptor(
            adopting: try host.namespace.perform { () throws(SystemError) in
                try systemCall("open", "socket") {
                    Glibc.socket(domain, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), number)
                }
            })
    }

    private static func withSocketAddress<Result>(
        _ address: IPAddress, _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var storage = [UInt8](repeating: 0, count: 28)
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        // The family in host byte order, the port in network byte order; then the address, after IPv6's flow
        // information.
        withUnsafeBytes(of: sa_family_t(family)) { storage.replaceSubrange(0..<2, with: $0) }
        storage.replaceSubrange(2..<4, with: [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)])
        let start = address.family == .ipv4 ? 4 : 8
        storage.replaceSubrange(start..<start + address.octets.count, with: address.octets)
        let length = socklen_t(address.family == .ipv4 ? 16 : 28)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: storage.count, alignment: 8)
        defer { copy.deallocate() }
        copy.copyBytes(from: storage)
        guard let base = copy.baseAddress else { preconditionFailure("28 octets are not none") }
        return try body(UnsafePointer(base.assumingMemoryBound(to: sockaddr.self)), length)
    }

    private func wait(for descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(Self.patience.components.attoseconds / 1_000_000_000_000_000)) > 0
    }

    /// Whether a datagram to a port without a listener is reported as refused.
    func isRefused(from host: Host, to address: IPAddress, port: UInt16) throws -> Bool {
        let descriptor = try connected(host, address, port, SOCK_DGRAM, 0)
        _ = send(descriptor.rawValue, [1], 1, 0)
        guard wait(for: descriptor.rawValue) else { return false }
        var octet: UInt8 = 0
        return recv(descriptor.rawValue, &octet, 1, Int32(MSG_DONTWAIT)) < 0 && errno == ECONNREFUSED
    }

    // MARK: ICMP

    /// Whether an echo request is answered.
    func isAnswered(from host: Host, to address: IPAddress, identifier: UInt16) throws -> Bool {
        let descriptor = try connected(host, address, 0, SOCK_RAW, Int32(IPPROTO_ICMP))
        let words: [UInt16] = [0x0800, 0, identifier, 1]
        var sum = words.reduce(UInt32(0)) { $0 + UInt32($1) }
        sum = (sum & 0xFFFF) + (sum >> 16)
        let request = [words[0], ~UInt16(truncatingIfNeeded: sum), words[2], words[3]].flatMap {
            [UInt8($0 >> 8), UInt8($0 & 255)]
        }
        _ = send(descriptor.rawValue, request, request.count, 0)
        while wait(for: descriptor.rawValue) {
            var packet = [UInt8](repeating: 0, count: 1500)
            // After an IPv4 header of 20 octets: type 0 is the reply (RFC 792).
            if recv(descriptor.rawValue, &packet, packet.count, 0) >= 28, packet[20] == 0 { return true }
        }
        return false
    }

    private func connected(
        _ host: Host, _ address: IPAddress, _ port: UInt16, _ type: __socket_type, _ number: Int32
    ) throws -> OwnedDescriptor {
        let descriptor = try open(host, address.family, type, number)
        _ = try Self.withSocketAddress(address, port) { pointer, length throws(SystemError) in
            try systemCall("connect to", "\(address)") { connect(descriptor.rawValue, pointer, length) }
        }
        return descriptor
    }
}
