// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A raw socket that receives only the FINs and RSTs of one TCP port.
///
/// A stream socket reports them without the IP header, and so without a time to live.
///
/// It never blocks, and it receives a segment before the kernel ends the connection.
package struct ClosingSegmentSocket: ~Copyable, Sendable {
    /// A segment as received.
    package struct Arrival: Hashable, Sendable {
        package var byteCount: Int
        package var source: IPAddress
        /// IPv6: the hop limit received, since the octets begin at the segment; nil for IPv4, where they begin at
        /// the IP header.
        package var hopLimit: UInt8?
    }

    private let descriptor: OwnedDescriptor

    /// Opens the socket in the calling process' namespace.
    package init(port: UInt16, family: AddressFamily) throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let octetCount = Int32(family.bitWidth / 8)
        let raw = try systemCall("open", "raw TCP socket") {
            socket(family == .ipv4 ? AF_INET : AF_INET6, type, Int32(IPPROTO_TCP))
        }
        let descriptor = OwnedDescriptor(adopting: raw)
        try checked("filter", "raw TCP socket", rslab_keep_closing_segments(raw, octetCount, port))
        if family == .ipv6 {
            try checked("ask for hop limits of", "raw TCP socket", rslab_enable_received_hop_limit(raw, octetCount))
        }
        self.descriptor = descriptor
        // Segments that came before the filter was set are not ours.
        var buffer = [UInt8](repeating: 0, count: 128)
        while receive(into: &buffer) != nil {}
    }

    /// The next segment (IPv4: with its IP header), as many octets as fit; nil if there is none.
    package borrowing func receive(into buffer: inout [UInt8]) -> Arrival? {
        var datagram = rslab_datagram()
        guard rslab_receive_datagram(descriptor.rawValue, &buffer, buffer.count, &datagram) == 0 else { return nil }
        let source = withUnsafeBytes(of: datagram.source) {
            IPAddress(octets: $0.prefix(Int(datagram.source_octet_count)))
        }
        guard let source else { return nil }
        return Arrival(byteCount: datagram.count, source: source, hopLimit: UInt8(exactly: datagram.hop_limit))
    }
}
