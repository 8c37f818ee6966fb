// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import WireFormat

/// Frames of one link, as on the wire: a packet socket, bound to one protocol.
struct PacketTap: ~Copyable {
    private let socket: OwnedDescriptor

    /// ETH_P_ARP and ETH_P_ALL (linux/if_ether.h).
    static let arp: UInt16 = 0x0806
    static let all: UInt16 = 0x0003

    init(in namespace: borrowing NetworkNamespace, index: Int32, protocol type: UInt16) throws {
        let raw = try namespace.perform { () throws(SystemError) in
            try systemCall("open", "packet socket") {
                Glibc.socket(
                    AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
                    Int32(type.bigEndian))
            }
        }
        let descriptor = OwnedDescriptor(adopting: raw)
        // struct sockaddr_ll: family, protocol in network order, index; the rest is unused here.
        var address = [UInt8](repeating: 0, count: 20)
        withUnsafeBytes(of: UInt16(AF_PACKET)) { address.replaceSubrange(0..<2, with: $0) }
        withUnsafeBytes(of: type.bigEndian) { address.replaceSubrange(2..<4, with: $0) }
        withUnsafeBytes(of: index) { address.replaceSubrange(4..<8, with: $0) }
        _ = try systemCall("bind", "packet socket") {
            address.withUnsafeBytes { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) { bind(raw, $0.baseAddress, socklen_t(bytes.count)) }
            }
        }
        socket = descriptor
    }

    func send(_ frame: [UInt8]) throws {
        let raw = socket.rawValue
        _ = try systemCall("send", "frame") { Glibc.send(raw, frame, frame.count, 0) }
    }

    /// The frames received until the time is over, including those already waiting.
    func frames(for duration: Duration) -> [[UInt8]] {
        let deadline = Instant.now + duration
        var frames: [[UInt8]] = []
        while true {
            var frame = [UInt8](repeating: 0, count: 2048)
            let count = recv(socket.rawValue, &frame, frame.count, 0)
            if count > 0 {
                frames.append(Array(frame.prefix(count)))
                continue
            }
            let left = (deadline - Instant.now).nanoseconds / 1_000_000
            var entry = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&entry, 1, Int32(clamping: left)) > 0 else { return frames }
        }
    }
}
