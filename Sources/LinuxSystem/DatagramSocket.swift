// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A UDP socket that never blocks and knows the TTL or Hop Limit of what it receives.
package struct DatagramSocket: ~Copyable, Sendable {
    /// One datagram as received.
    package struct Arrival: Hashable, Sendable {
        /// How many octets of the buffer are filled.
        package var byteCount: Int
        package var source: IPAddress
        /// The TTL or Hop Limit; nil if the kernel did not report it.
        package var hopLimit: UInt8?
    }

    /// The Traffic Class of control traffic between routers: CS6 (RFC 4594 section 3.2).
    private static let networkControl: Int32 = 48 << 2

    package let descriptor: OwnedDescriptor

    /// Opens a socket bound to an address and port, and to one link if a name is given.
    ///
    /// - Parameter hopLimit: the TTL or Hop Limit of what it sends.
    package init(
        address: IPAddress, port: UInt16, link: String?, hopLimit: UInt8
    ) throws(SystemError) {
        let domain = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = OwnedDescriptor(adopting: try systemCall("open", "UDP socket") { socket(domain, type, 0) })
        let subject = "\(address) port \(port)"
        let octets = address.octets
        let count = Int32(octets.count)
        if let link { try bind(descriptor.rawValue, toLink: link) }
        try checked(
            "set the hop limit of", subject,
            rslab_set_hop_limit(descriptor.rawValue, count, Int32(hopLimit), Self.networkControl))
        try checked("ask for the hop limit at", subject, rslab_enable_received_hop_limit(descriptor.rawValue, count))
        try checked("bind to", subject, rslab_bind_inet(descriptor.rawValue, octets, count, port))
        self.descriptor = descriptor
    }

    /// Sends one datagram.
    ///
    /// Returns 0 or the errno.
    package borrowing func send(_ bytes: [UInt8], to octets: [UInt8], port: UInt16) -> Int32 {
        let result = rslab_send_datagram(
            descriptor.rawValue, bytes, bytes.count, octets, Int32(octets.count), port)
        return result < 0 ? Int32(-result) : 0
    }

    /// The next datagram; nil if there is none.
    ///
    /// An error that the network reported for the socket (a port without a listener) is cleared and not returned.
    package borrowing func receive(into buffer: inout [UInt8]) -> Arrival? {
        var datagram = rslab_datagram()
        while true {
            let result = rslab_receive_datagram(descriptor.rawValue, &buffer, buffer.count, &datagram)
            if result == -EAGAIN || result == -ENOMEM { return nil }
            guard result == 0 else { continue }
            let source = withUnsafeBytes(of: datagram.source) {
                IPAddress(octets: $0.prefix(Int(datagram.source_octet_count)))
            }
            guard let source else { continue }
            return Arrival(
                byteCount: datagram.count, source: source, hopLimit: UInt8(exactly: datagram.hop_limit))
        }
    }
}
