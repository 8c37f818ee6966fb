// SPDX-License-Identifier: MIT-0
import WireFormat

/// Splits the octets of one TCP connection into messages.
///
/// Complete messages are handed on in place. Only a message whose end has not arrived yet is copied, so at most 4096
/// octets are kept, however large a burst is. A connection has one, which is moved and never copied.
package struct MessageFramer: ~Copyable, Sendable {
    /// The beginning of a message.
    private var partial: [UInt8] = []

    package init() {}

    /// Octets that wait for the rest of their message.
    package var pendingOctetCount: Int { partial.count }

    /// Appends octets and hands on each message that they complete: its type and its body.
    ///
    /// `body` returns false to discard the rest. Throws the NOTIFICATION for a wrong header (RFC 4271 section 6.1) as
    /// soon as its 19 octets are there; nothing after it can be decoded.
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
                // `bytes` is unsafe only for elements with padding, and octets have none.
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

    /// Moves up to `count` octets to the end of the partial message.
    private mutating func take(_ count: Int, from bytes: RawSpan, _ offset: inout Int) {
        let end = offset + max(0, min(count, bytes.byteCount - offset))
        for index in offset..<end {
            partial.append(bytes[index])
        }
        offset = end
    }
}
