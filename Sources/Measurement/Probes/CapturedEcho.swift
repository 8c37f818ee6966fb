// SPDX-License-Identifier: MIT-0
import WireFormat

/// An echo request or reply of a prober in an Ethernet frame, as a capture on its way sees it.
package struct CapturedEcho: Hashable, Sendable {
    package var isRequest: Bool
    package var message: EchoMessage
    package var timeToLive: UInt8

    private static let ethernetByteCount = 14
    private static let ipv6ByteCount = 40

    /// Nil for any other frame, and for one that was cut before the message's numbers.
    package init?(decodingEthernet frame: RawSpan) {
        guard frame.byteCount >= Self.ethernetByteCount else { return nil }
        let packet = frame.extracting(Self.ethernetByteCount..<frame.byteCount)
        switch (frame[12], frame[13]) {
        case (0x08, 0x00): self.init(ipv4: packet)
        case (0x86, 0xDD): self.init(ipv6: packet)
        default: return nil
        }
    }

    private init?(ipv4 packet: RawSpan) {
        guard packet.byteCount >= 20, packet[0] >> 4 == 4, packet[9] == 1 else { return nil }
        let headerByteCount = Int(packet[0] & 15) * 4
        // Of a datagram in fragments, only the first would have the numbers; probes are never as long.
        guard headerByteCount >= 20, packet[6] & 0x3F == 0, packet[7] == 0 else { return nil }
        self.init(packet, from: headerByteCount, family: .ipv4, timeToLive: packet[8])
    }

    private init?(ipv6 packet: RawSpan) {
        guard packet.byteCount >= Self.ipv6ByteCount, packet[0] >> 4 == 6, packet[6] == 58 else { return nil }
        self.init(packet, from: Self.ipv6ByteCount, family: .ipv6, timeToLive: packet[7])
    }

    private init?(_ packet: RawSpan, from offset: Int, family: AddressFamily, timeToLive: UInt8) {
        guard packet.byteCount >= offset + EchoMessage.minimumByteCount, packet[offset + 1] == 0 else { return nil }
        switch packet[offset] {
        case EchoMessage.requestType(family): isRequest = true
        case EchoMessage.replyType(family): isRequest = false
        default: return nil
        }
        var reader = ByteReader(packet.extracting(offset..<packet.byteCount))
        do {
            try reader.skip(4)
            message = try EchoMessage(decodingBehindChecksum: &reader)
        } catch {
            return nil
        }
        self.timeToLive = timeToLive
    }
}
