// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A TCP socket that never blocks.
package struct StreamSocket: ~Copyable, Sendable {
    /// How far a socket's packets may travel.
    package enum Reach: Sendable {
        /// To a neighbour on the same link: the IP time to live is 1.
        case oneHop
        /// Anywhere: the IP time to live is the namespace's default.
        case anywhere
    }

    package let descriptor: OwnedDescriptor

    package init(adopting descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    private static func open(_ family: AddressFamily) throws(SystemError) -> OwnedDescriptor {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return OwnedDescriptor(adopting: try systemCall("open", "TCP socket") { socket(domain, type, 0) })
    }

    /// Opens a listener on one address, bound to one link if a name is given.
    package static func listen(
        address: IPAddress, port: UInt16, link: String?, reach: Reach = .oneHop
    ) throws(SystemError) -> StreamSocket {
        let descriptor = try open(address.family)
        let subject = "\(address) port \(port)"
        // An earlier listener may still have connections in TIME_WAIT.
        try setOption(descriptor.rawValue, SOL_SOCKET, SO_REUSEADDR, 1, subject)
        if let link {
            try bind(descriptor.rawValue, toLink: link)
        }
        // The listener itself answers a SYN; accepted connections inherit this.
        if reach == .oneHop { try limitToOneHop(descriptor.rawValue, address.family, subject) }
        let octets = address.octets
        try checked("bind to", subject, rslab_bind_inet(descriptor.rawValue, octets, Int32(octets.count), port))
        let raw = descriptor.rawValue
        _ = try systemCall("listen on", subject) { Glibc.listen(raw, 64) }
        return StreamSocket(adopting: descriptor)
    }

    /// Starts to connect; the socket becomes writable when that has ended, and `connectionError` gives the outcome.
    package static func dial(
        address: IPAddress, port: UInt16, from source: IPAddress?, reach: Reach = .oneHop
    ) throws(SystemError) -> StreamSocket {
        let descriptor = try open(address.family)
        let subject = "\(address) port \(port)"
        if let source {
            let octets = source.octets
            try checked("bind to", "\(source)", rslab_bind_inet(descriptor.rawValue, octets, Int32(octets.count), 0))
        }
        if reach == .oneHop { try limitToOneHop(descriptor.rawValue, address.family, subject) }
        try setOption(descriptor.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, 1, subject)
        let octets = address.octets
        let result = rslab_connect_inet(descriptor.rawValue, octets, Int32(octets.count), port)
        guard result == 0 || result == -EINPROGRESS else {
            throw SystemError(operation: "connect to", subject: subject, code: -result)
        }
        return StreamSocket(adopting: descriptor)
    }

    /// The next connection of a listener; nil if there is none.
    package borrowing func accept() throws(SystemError) -> StreamSocket? {
        let raw = descriptor.rawValue
        do throws(SystemError) {
            let accepted = try checked("accept", "connection", rslab_accept(raw, 1))
            let socket = StreamSocket(adopting: OwnedDescriptor(adopting: accepted))
            try Self.setOption(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, 1, "connection")
            return socket
        } catch {
            // A connection that was reset before it was accepted does not count.
            guard error.code == EAGAIN || error.code == ECONNABORTED else { throw error }
            return nil
        }
    }

    /// The outcome of connecting: 0, or an errno.
    package borrowing func connectionError() -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor.rawValue, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return errno }
        return code
    }

    package borrowing func localAddress() throws(SystemError) -> IPAddress {
        try address(remote: false)
    }

    package borrowing func remoteAddress() throws(SystemError) -> IPAddress {
        try address(remote: true)
    }

    private borrowing func address(remote: Bool) throws(SystemError) -> IPAddress {
        var octets = [UInt8](repeating: 0, count: 16)
        var count: Int32 = 0
        var port: UInt16 = 0
        try checked(
            "read the address of", "connection",
            rslab_socket_address(descriptor.rawValue, remote ? 1 : 0, &octets, &count, &port))
        guard let address = IPAddress(octets: octets.prefix(Int(count))) else {
            throw SystemError(operation: "read the address of", subject: "connection", code: EAFNOSUPPORT)
        }
        return address
    }

    /// eBGP peers are one hop away (RFC 4271 section 5.1.3 note; every daemon's default): packets go no further.
    private static func limitToOneHop(
        _ descriptor: Int32, _ family: AddressFamily, _ subject: String
    ) throws(SystemError) {
        // An IPv6 listener may also accept IPv4 connections.
        try setOption(descriptor, Int32(IPPROTO_IP), IP_TTL, 1, subject)
        if family == .ipv6 { try setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS, 1, subject) }
    }

    private static func setOption(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32, _ subject: String
    ) throws(SystemError) {
        var value = value
        _ = try systemCall("set socket option \(name) of", subject) {
            setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}

/// Binds a socket to one link of its namespace: it receives and sends only there.
package func bind(_ descriptor: Int32, toLink link: String) throws(SystemError) {
    _ = try systemCall("bind a socket to link", link) {
        setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, link, socklen_t(link.utf8.count))
    }
}

/// The result of one read from a non-blocking descriptor.
package enum ReadResult: Hashable, Sendable {
    case octets(Int)
    case nothingNow
    /// The remote end closed (FIN).
    case end
    /// ECONNRESET and the like.
    case failed(Int32)
}

/// Reads once into `buffer`.
package func readOnce(_ descriptor: Int32, into buffer: inout [UInt8]) -> ReadResult {
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return .octets(count) }
        if count == 0 { return .end }
        switch errno {
        case EINTR: continue
        case EAGAIN: return .nothingNow
        case let code: return .failed(code)
        }
    }
}

/// Writes as much of `bytes`, from `start`, as can be written now, also to a socket that blocks.
///
/// Returns how many octets were written, or -errno.
package func writeOnce(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> Int {
    let count = bytes.withUnsafeBytes { buffer in
        send(
            descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start,
            Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : -Int(errno)
}
