// SPDX-License-Identifier: MIT-0
package import Causes
import WireFormat

/// A NOTIFICATION (RFC 4271 section 4.5).
///
/// Decoding throws it too: the error is what the peer must be told.
package struct NotificationMessage: Error, Hashable, Sendable, Codable {
    package var reason: NotificationReason
    /// Further data, in the format that the reason prescribes.
    package var data: [UInt8]

    package init(_ reason: NotificationReason, data: [UInt8] = []) {
        self.reason = reason
        self.data = data
    }

    package init(code: UInt8, subcode: UInt8, data: [UInt8] = []) {
        self.init(NotificationReason(code: code, subcode: subcode), data: data)
    }
}

// MARK: - Shutdown Communication

extension NotificationMessage {
    /// The longest text for a peer that may not know RFC 9003 (its section 3), in octets of UTF-8.
    private static let maximumCommunicationOctetCount = 128

    /// A Cease with a text for the peer's operator (RFC 9003).
    ///
    /// Only Administrative Shutdown and Administrative Reset may carry one, so it is dropped for other subcodes. A text
    /// longer than 128 octets is cut between characters.
    package static func cease(_ subcode: NotificationReason.CeaseSubcode, communication: String?) -> NotificationMessage
    {
        let carriesText = subcode == .administrativeShutdown || subcode == .administrativeReset
        guard carriesText, let communication, !communication.isEmpty else {
            return NotificationMessage(.cease(subcode))
        }
        var text: [UInt8] = []
        for character in communication {
            let octets = character.utf8
            guard text.count + octets.count <= maximumCommunicationOctetCount else { break }
            text.append(contentsOf: octets)
        }
        return NotificationMessage(.cease(subcode), data: [UInt8(text.count)] + text)
    }

    /// The text received with a Cease (RFC 9003 section 2); nil if there is none or it is not valid UTF-8.
    package var shutdownCommunication: String? {
        guard reason == .cease(.administrativeShutdown) || reason == .cease(.administrativeReset),
            let length = data.first, length > 0, data.count > Int(length)
        else { return nil }
        return String(validating: data[1...Int(length)], as: UTF8.self)
    }
}

// MARK: - For people

extension NotificationMessage: CustomStringConvertible {
    /// Code and subcode by IANA's names, such as "Cease / Administrative Shutdown", with the operator's text if one came.
    package var description: String {
        printableCommunication.map { "\(reason) (\"\($0)\")" } ?? "\(reason)"
    }

    /// The operator's text as it can be shown: a line break in it could be mistaken for a log line of ours (RFC 9003
    /// section 6).
    package var printableCommunication: String? {
        shutdownCommunication.map {
            String(String.UnicodeScalarView($0.unicodeScalars.map { Self.isPrintable($0) ? $0 : "?" }))
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

// MARK: - Octets

extension NotificationMessage {
    /// Decodes a message body.
    ///
    /// The framer has made sure that code and subcode are there; a shorter body is a bad message length.
    package init(decodingBody body: RawSpan) throws(NotificationMessage) {
        var reader = ByteReader(body)
        do {
            let code = try reader.readUInt8()
            let subcode = try reader.readUInt8()
            self.init(code: code, subcode: subcode, data: reader.readRemaining())
        } catch {
            throw .badLength(bodyOctetCount: body.byteCount)
        }
    }

    /// The whole message; data that would make it longer than 4096 octets is cut.
    package func encoded() -> [UInt8] {
        let room = MessageHeader.maximumMessageOctetCount - MessageHeader.octetCount - 2
        var writer = ByteWriter(capacity: MessageHeader.octetCount + 2 + min(data.count, room))
        let start = MessageHeader.begin(.notification, into: &writer)
        writer.write(reason.code)
        writer.write(reason.subcode)
        writer.write(contentsOf: data.prefix(room))
        MessageHeader.finish(at: start, in: &writer)
        return writer.bytes
    }

    /// Message Header Error / Bad Message Length, with the length from the header (RFC 4271 section 6.1).
    static func badLength(bodyOctetCount: Int) -> NotificationMessage {
        let length = UInt16(clamping: bodyOctetCount + MessageHeader.octetCount)
        return NotificationMessage(
            .messageHeaderError(.badMessageLength),
            data: [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)])
    }
}
