// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Answers echo requests in the place of an instance, with that one's time to live, where the requests enter the router.
struct GhostResponder: ~Copyable {
    private static let ethernetByteCount = 14
    private static let headerByteCount = 20

    private let socket: OwnedDescriptor
    private let timeToLive: UInt8

    /// - Parameter timeToLive: as the test host sees that of whom it impersonates.
    init(on link: Int32, in namespace: borrowing NetworkNamespace, timeToLive: UInt8) throws(SystemError) {
        socket = OwnedDescriptor(
            adopting: try namespace.perform { () throws(SystemError) -> Int32 in
                try checked("open packet socket on", "link \(link)", rslab_open_capture_socket(link))
            })
        self.timeToLive = timeToLive
    }

    /// Answers what arrives within `time`, each request so much later.
    borrowing func answer(for time: Duration, delayedBy delay: Duration = .zero) throws(SystemError) {
        let end = Instant.now + time
        var buffer = [UInt8](repeating: 0, count: 2048)
        var waiting: [(due: Instant, frame: [UInt8])] = []
        // What arrived before is not answered.
        while case .octets = readOnce(socket.rawValue, into: &buffer) {}
        while Instant.now < end || !waiting.isEmpty {
            while let first = waiting.first, first.due <= .now {
                try writeAll(first.frame, to: socket.rawValue, subject: "packet socket")
                waiting.removeFirst()
            }
            let deadline = waiting.first?.due ?? end
            guard rslab_wait_readable_until(socket.rawValue, deadline.nanoseconds) > 0,
                case .octets(let count) = readOnce(socket.rawValue, into: &buffer), Instant.now < end,
                let reply = reply(to: Array(buffer[0..<count]))
            else { continue }
            waiting.append((.now + delay, reply))
        }
    }

    /// The frame that answers a probe, an IPv4 echo request (RFC 792); nil for anything else.
    private borrowing func reply(to frame: [UInt8]) -> [UInt8]? {
        let ip = Self.ethernetByteCount
        let icmp = ip + Self.headerByteCount
        // Only probes, which have no options and are in one piece.
        guard let echo = CapturedEcho(decodingEthernet: frame.span.bytes), echo.isRequest, frame[ip] == 0x45 else {
            return nil
        }
        let length = Int(frame[ip + 2]) << 8 | Int(frame[ip + 3])
        guard length >= Self.headerByteCount + EchoMessage.minimumByteCount, frame.count >= ip + length else {
            return nil
        }
        var header = Array(frame[ip..<icmp])
        header[8] = timeToLive
        header.replaceSubrange(12..<20, with: frame[ip + 16..<ip + 20] + frame[ip + 12..<ip + 16])
        Self.setChecksum(at: 10, in: &header)
        var message = Array(frame[icmp..<ip + length])
        message[0] = 0
        Self.setChecksum(at: 2, in: &message)
        return Array(frame[6..<12] + frame[0..<6] + frame[12..<14]) + header + message
    }

    private static func setChecksum(at offset: Int, in octets: inout [UInt8]) {
        octets[offset] = 0
        octets[offset + 1] = 0
        let checksum = InternetChecksum.of(octets.span.bytes)
        octets[offset] = UInt8(checksum >> 8)
        octets[offset + 1] = UInt8(checksum & 0xFF)
    }
}

extension PlantingGround {
    /// A host that answers in an instance's place.
    func ghost(of instance: String) throws -> GhostResponder {
        guard let link = lab.plan.leg(to: host)?.index else { throw LabError("no link of the router leads to \(host)") }
        guard let timeToLive = lab.layout.instancesByTimeToLive.first(where: { $0.value == instance })?.key else {
            throw LabError("\(instance) has no time to live of its own")
        }
        return try GhostResponder(
            on: link, in: try lab.namespace(LabPlan.vpcNode).namespace, timeToLive: timeToLive)
    }
}
