// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

/// The header of every message (RFC 4271 section 4.1).
///
///     16 octets of ones (marker), 2 octets length of the whole message, 1 octet type
package struct MessageHeader: Hashable, Sendable {
    /// The length of the header itself.
    package static let octetCount = 19
    /// The longest message, including the header.
    package static let maximumMessageOctetCount = 4096

    static let markerOctetCount = 16

    package var type: MessageType
    /// The length of the whole message, including the header.
    package var messageOctetCount: Int

    /// Decodes and checks the header that begins at `offset` (RFC 4271 section 6.1).
    ///
    /// Nil if fewer than 19 octets are available.
    package init?(decoding bytes: RawSpan, at offset: Int) throws(NotificationMessage) {
        guard bytes.byteCount - offset >= Self.octetCount else { return nil }
        for index in offset..<offset + Self.markerOctetCount where bytes[index] != 0xFF {
            throw NotificationMessage(.messageHeaderError(.connectionNotSynchronized))
        }
        let high = bytes[offset + 16]
        let low = bytes[offset + 17]
        let rawType = bytes[offset + 18]
        let length = Int(high) << 8 | Int(low)
        guard length >= Self.octetCount, length <= Self.maximumMessageOctetCount else {
            throw NotificationMessage(.messageHeaderError(.badMessageLength), data: [high, low])
        }
        guard let type = MessageType(rawValue: rawType) else {
            throw NotificationMessage(.messageHeaderError(.badMessageType), data: [rawType])
        }
        guard type.permittedOctetCounts.contains(length) else {
            throw NotificationMessage(.messageHeaderError(.badMessageLength), data: [high, low])
        }
        self.type = type
        messageOctetCount = length
    }

    /// Begins a message whose length is not known yet; `finish` fills it in.
    static func begin(_ type: MessageType, into writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.write(repeating: 0xFF, count: markerOctetCount)
        writer.write(UInt16(0))
        writer.write(type.rawValue)
        return start
    }

    /// Fills in the length of the message that began at `start`.
    static func finish(at start: Int, in writer: inout ByteWriter) {
        writer.overwrite(UInt16(clamping: writer.count - start), at: start + markerOctetCount)
    }
}
