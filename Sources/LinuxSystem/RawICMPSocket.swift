// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import WireFormat

/// A raw ICMP or ICMPv6 socket with kernel timestamps for what it sends and receives.
///
/// It never blocks.
package struct RawICMPSocket: ~Copyable, Sendable {
    /// One packet received, or the timestamp of one sent.
    package struct Arrival: Hashable, Sendable {
        /// How many octets of the buffer are filled.
        package var byteCount: Int
        /// The kernel's timestamp on the monotonic clock; nil if it gave none.
        package var kernelStamp: Instant?
        /// Which packet a transmit timestamp belongs to, counted from 0; nil for a received packet.
        package var transmitIdentifier: UInt32?
        /// ICMPv6: the packet's sender and hop limit, which its octets do not include.
        package var origin: Origin?

        package struct Origin: Hashable, Sendable {
            package var source: IPv6Address
            package var hopLimit: UInt8
        }
    }

    /// More consecutive errors than this are not reports from the network.
    private static let consecutiveErrorCountMax = 64

    package let descriptor: OwnedDescriptor
    private let destination: [UInt8]

    /// Echo replies and errors: RFC 792, RFC 4443.
    private static let icmpTypes: UInt32 = 1 << 0 | 1 << 3 | 1 << 11 | 1 << 12
    private static let icmpv6Types: [UInt8] = [1, 2, 3, 4, 129]

    /// Opens the socket in the calling thread's namespace, for the destination's family; only echo replies and ICMP
    /// errors get through.
    ///
    /// With a `source` (an address of the namespace) it sends from that address and receives only what is sent to
    /// it.
    package init(destination: IPAddress, source: IPAddress? = nil) throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let isIPv4 = destination.family == .ipv4
        let raw = try systemCall("open", isIPv4 ? "raw ICMP socket" : "raw ICMPv6 socket") {
            isIPv4 ? socket(AF_INET, type, Int32(IPPROTO_ICMP)) : socket(AF_INET6, type, Int32(IPPROTO_ICMPV6))
        }
        let descriptor = OwnedDescriptor(adopting: raw)
        if isIPv4 {
            try checked("filter", "raw ICMP socket", rslab_accept_icmp_types(raw, Self.icmpTypes))
        } else {
            let types = Self.icmpv6Types
            try checked("filter", "raw ICMPv6 socket", rslab_accept_icmp6_types(raw, types, Int32(types.count)))
            try checked("ask for hop limits of", "raw ICMPv6 socket", rslab_enable_received_hop_limit(raw, 16))
        }
        try checked("switch stamps on for", "raw ICMP socket", rslab_enable_stamps(raw))
        if let source {
            let octets = source.octets
            try checked("bind raw ICMP socket to", "\(source)", rslab_bind_inet(raw, octets, Int32(octets.count), 0))
        }
        var size: Int32 = 4 << 20
        // Root may exceed net.core.rmem_max; a smaller buffer only matters above 10,000 probes a second.
        _ = setsockopt(raw, SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
        self.descriptor = descriptor
        self.destination = destination.octets
    }

    /// Takes ownership of a socket that `release` gave up.
    package init(adopting rawValue: Int32, destination: IPAddress) {
        descriptor = OwnedDescriptor(adopting: rawValue)
        self.destination = destination.octets
    }

    /// Gives up the descriptor, for a socket that is opened in one namespace and used elsewhere.
    package consuming func release() -> Int32 {
        descriptor.release()
    }

    /// Sends one ICMP message.
    ///
    /// Returns 0 or the errno.
    package borrowing func send(_ message: [UInt8]) -> Int32 {
        let result = rslab_send_to_inet(
            descriptor.rawValue, message, message.count, destination, Int32(destination.count))
        return result < 0 ? Int32(-result) : 0
    }

    /// Sends one ICMP message to an address other than the socket's own destination.
    ///
    /// Returns 0 or the errno. Does not allocate.
    package borrowing func send(_ message: [UInt8], to address: IPAddress) -> Int32 {
        let result =
            switch address {
            case .v4(let address): rslab_send_to_inet4(descriptor.rawValue, message, message.count, address.bits)
            case .v6(let address):
                rslab_send_to_inet6(descriptor.rawValue, message, message.count, address.high, address.low)
            }
        return result < 0 ? Int32(-result) : 0
    }

    /// Octets in an address of this family: 4 or 16.
    private var octetCount: Int32 { Int32(destination.count) }

    /// The next packet (IPv4: with its header), or the next timestamp from the error queue; nil if there is none.
    ///
    /// Errors that the network reported for the socket are cleared and not returned: they also arrive as packets.
    /// An error that persists (ENOMEM) counts as nothing received.
    package borrowing func receive(into buffer: inout [UInt8], fromErrorQueue: Bool) -> Arrival? {
        var errorCount = 0
        while errorCount < Self.consecutiveErrorCountMax {
            var packet = rslab_packet()
            let result = rslab_receive_packet(
                descriptor.rawValue, octetCount, &buffer, buffer.count, fromErrorQueue ? 1 : 0, &packet)
            if result == -EAGAIN { return nil }
            // EHOSTUNREACH and the like are pending socket errors, cleared by reading them.
            if result < 0 {
                errorCount += 1
                continue
            }
            if fromErrorQueue, packet.is_transmit_stamp == 0 { continue }
            return arrival(packet, clock: ClockDistance())
        }
        return nil
    }

    /// Receives packets or timestamps, as many as the buffer holds, in one system call; returns how many.
    ///
    /// Fewer than the buffer holds means that there were no more. Errors are treated as in the other `receive`.
    /// Does not allocate.
    package borrowing func receive(into buffer: inout PacketBuffer, fromErrorQueue: Bool) -> Int {
        for _ in 0..<Self.consecutiveErrorCountMax {
            let count = rslab_receive_packets(
                descriptor.rawValue, octetCount, &buffer.bytes, PacketBuffer.packetByteCount, fromErrorQueue ? 1 : 0,
                &buffer.packets, Int32(PacketBuffer.packetCount))
            if count == -EAGAIN { return 0 }
            guard count > 0 else { continue }
            let clock = ClockDistance()
            buffer.widestClockPair = max(buffer.widestClockPair, clock.halfWidth)
            for index in 0..<Int(count) {
                buffer.arrivals[index] = arrival(buffer.packets[index], clock: clock)
            }
            return Int(count)
        }
        return 0
    }

    private func arrival(_ packet: rslab_packet, clock: ClockDistance) -> Arrival {
        let stamp = packet.kernel_realtime_nanoseconds
        return Arrival(
            byteCount: packet.count, kernelStamp: stamp == 0 ? nil : clock.monotonic(stamp),
            transmitIdentifier: packet.is_transmit_stamp == 1 ? packet.transmit_identifier : nil,
            origin: octetCount == 16 ? Self.origin(packet) : nil)
    }

    private static func origin(_ packet: rslab_packet) -> Arrival.Origin? {
        guard packet.hop_limit >= 0 else { return nil }
        let source = withUnsafeBytes(of: packet.source) { octets in
            IPv6Address(
                high: UInt64(bigEndian: octets.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
        return Arrival.Origin(source: source, hopLimit: UInt8(clamping: packet.hop_limit))
    }
}

/// Buffers for the packets of one system call.
package struct PacketBuffer: Sendable {
    package static let packetCount = Int(RSLAB_PACKETS_AT_ONCE)
    /// The most octets of a packet that any caller looks at.
    fileprivate static let packetByteCount = 2048

    /// The octets of all packets; `range(of:)` gives those of one.
    package fileprivate(set) var bytes = [UInt8](repeating: 0, count: packetByteCount * packetCount)
    /// What was received, in order; a message from the error queue that is not a timestamp has no
    /// `transmitIdentifier`.
    package fileprivate(set) var arrivals = [RawICMPSocket.Arrival](
        repeating: .init(byteCount: 0, kernelStamp: nil, transmitIdentifier: nil), count: packetCount)
    /// By how much the conversion of any stamp to the monotonic clock may have been wrong, so far.
    package fileprivate(set) var widestClockPair = Duration.zero
    fileprivate var packets = [rslab_packet](repeating: rslab_packet(), count: packetCount)

    package init() {}

    package func range(of index: Int) -> Range<Int> {
        let start = index * Self.packetByteCount
        return start..<start + min(arrivals[index].byteCount, Self.packetByteCount)
    }
}
