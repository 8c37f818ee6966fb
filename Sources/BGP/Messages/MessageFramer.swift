// SPDX-License-Identifier: MIT-0
import WireFormat

/// Cuts the octets of one TCP connection into messages.
///
/// Whole messages are handed on where they lie; only a message whose end has not arrived yet is copied and kept, so at most
/// 4096 octets are, however large a burst is.
package struct MessageFramer: Sendable {
    /// The beginning of a message.
    private var partial: [UInt8] = []

    package init() {}

    /// Octets that wait for the rest of their message.
    package var pendingOctetCount: Int { partial.count }

    /// Takes the next octets and hands on each message that they complete: its type and what follows its header.
    ///
    /// `body` returns false to have the rest thrown away. Throws the NOTIFICATION for a header that is wrong (RFC 4271
    /// section 6.1) as soon as its 19 octets are there; nothing behind it can be made sense of.
    package mutating func append(
        _ bytes: RawSpan, each body: (MessageType, RawSpan) -> Bool
    ) throws(NotificationMessage) {
        var offset = 0
        if !partial.isEmpty {
            take(MessageHeader.octetCount - partial.count, from: bytes, &offset)
            guard let header = try MessageHeader(decoding: unsafe partial.span.bytes, at: 0) else { return }
            take(header.messageOctetCount - partial.count, from: bytes, &offset)
            guard partial.count == header.messageOctetCount else { return }
            let isWanted: Bool
            do {
                // `bytes` is only unsafe for elements with padding, which octets have not.
                let message = unsafe partial.span.bytes
                isWanted = body(header.type, message.extracting(MessageHeader.octetCount..<message.byteCount))
            }
            partial.removeAll(keepingCapacity: true)
            guard isWanted else { return }
        }
        while let header = try MessageHeader(decoding: bytes, at: offset),
            header.messageOctetCount <= bytes.byteCount - offset
        {
            let start = offset
            offset += header.messageOctetCount
            guard body(header.type, bytes.extracting(start + MessageHeader.octetCount..<offset)) else { return }
        }
        take(bytes.byteCount - offset, from: bytes, &offset)
    }

    /// Moves up to `count` octets behind what is kept.
    private mutating func take(_ count: Int, from bytes: RawSpan, _ offset: inout Int) {
        let end = offset + max(0, min(count, bytes.byteCount - offset))
        for index in offset..<end {
            partial.append(bytes[index])
        }
        offset = end
    }
}
