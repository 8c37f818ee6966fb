// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A UDP socket that answers every request.
///
/// It never blocks.
package struct ServiceDatagramSocket: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init(address: IPAddress, port: UInt16) throws(SystemError) {
        let descriptor = try openDatagramSocket(address.family)
        let octets = address.octets
        try checked(
            "bind to", "\(address) port \(port)",
            rslab_bind_inet(descriptor.rawValue, octets, Int32(octets.count), port))
        self.descriptor = descriptor
    }

    /// Receives the next datagram and sends back what `answer` returns; false if there was none.
    ///
    /// `answer` gets the buffer and how many octets are filled, and returns how many to send; 0 sends nothing.
    package borrowing func answerNext(
        in buffer: inout [UInt8], with answer: (inout [UInt8], Int) -> Int
    ) -> Bool {
        var source = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = descriptor.rawValue
        let count = withUnsafeMutablePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                recvfrom(raw, &buffer, buffer.count, 0, address, &length)
            }
        }
        // An error that the network reported (the client is gone) is cleared, and the next datagram is tried.
        guard count >= 0 else { return errno == ECONNREFUSED || errno == EINTR }
        let answerCount = answer(&buffer, count)
        guard answerCount > 0 else { return true }
        _ = withUnsafePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(raw, buffer, answerCount, Int32(MSG_NOSIGNAL), address, length)
            }
        }
        return true
    }
}

/// A UDP socket that talks only to one address and port, and receives ICMP errors from there.
///
/// It never blocks.
package func connectedDatagramSocket(to address: IPAddress, port: UInt16) throws(SystemError) -> OwnedDescriptor {
    let descriptor = try openDatagramSocket(address.family)
    let octets = address.octets
    try checked(
        "connect to", "\(address) port \(port)",
        rslab_connect_inet(descriptor.rawValue, octets, Int32(octets.count), port))
    return descriptor
}

private func openDatagramSocket(_ family: AddressFamily) throws(SystemError) -> OwnedDescriptor {
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return OwnedDescriptor(adopting: try systemCall("open", "UDP socket") { socket(domain, type, 0) })
}
