// SPDX-License-Identifier: MIT-0
import WireFormat

/// A NOTIFICATION (RFC 4271 section 4.5).
///
/// Decoding throws it too: the error is what the peer must be told.
package struct NotificationMessage: Error, Hashable, Sendable, Codable {
    /// Error code and error subcode.
    ///
    /// Unassigned numbers are preserved.
    package enum Reason: Hashable, Sendable, Codable {
        case messageHeaderError(MessageHeaderSubcode)
        case openMessageError(OpenSubcode)
        case updateMessageError(UpdateSubcode)
        case holdTimerExpired
        case finiteStateMachineError(FiniteStateMachineSubcode)
        case cease(CeaseSubcode)
        case other(code: UInt8, subcode: UInt8)
    }

    package var reason: Reason
    /// Further data, in the format that the reason prescribes.
    package var data: [UInt8]

    package init(_ reason: Reason, data: [UInt8] = []) {
        self.reason = reason
        self.data = data
    }

    package init(code: UInt8, subcode: UInt8, data: [UInt8] = []) {
        self.data = data
        reason =
            switch (code, subcode) {
            case (1, _): .messageHeaderError(.init(rawValue: subcode))
            case (2, _): .openMessageError(.init(rawValue: subcode))
            case (3, _): .updateMessageError(.init(rawValue: subcode))
            case (4, 0): .holdTimerExpired
            case (5, _): .finiteStateMachineError(.init(rawValue: subcode))
            case (6, _): .cease(.init(rawValue: subcode))
            default: .other(code: code, subcode: subcode)
            }
    }

    /// The error code on the wire.
    package var code: UInt8 {
        switch reason {
        case .messageHeaderError: 1
        case .openMessageError: 2
        case .updateMessageError: 3
        case .holdTimerExpired: 4
        case .finiteStateMachineError: 5
        case .cease: 6
        case .other(let code, _): code
        }
    }

    /// The error subcode on the wire.
    package var subcode: UInt8 {
        switch reason {
        case .messageHeaderError(let subcode): subcode.rawValue
        case .openMessageError(let subcode): subcode.rawValue
        case .updateMessageError(let subcode): subcode.rawValue
        case .holdTimerExpired: 0
        case .finiteStateMachineError(let subcode): subcode.rawValue
        case .cease(let subcode): subcode.rawValue
        case .other(_, let subcode): subcode
        }
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
    package static func cease(_ subcode: CeaseSubcode, communication: String?) -> NotificationMessage {
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
    /// Code and subcode in IANA's words, such as "Cease / Administrative Shutdown", and the operator's text, if any.
    package var description: String {
        guard let text = shutdownCommunication else { return reasonDescription }
        // The text is the peer's: a line break in it could imitate one of our log lines (RFC 9003 section 6).
        let printable = String(String.UnicodeScalarView(text.unicodeScalars.map { Self.isPrintable($0) ? $0 : "?" }))
        return "\(reasonDescription) (\"\(printable)\")"
    }

    private var reasonDescription: String {
        switch reason {
        case .messageHeaderError(let subcode): "Message Header Error / \(subcode)"
        case .openMessageError(let subcode): "OPEN Message Error / \(subcode)"
        case .updateMessageError(let subcode): "UPDATE Message Error / \(subcode)"
        case .holdTimerExpired: "Hold Timer Expired"
        case .finiteStateMachineError(let subcode): "Finite State Machine Error / \(subcode)"
        case .cease(let subcode): "Cease / \(subcode)"
        case .other(let code, let subcode): "error code \(code) / subcode \(subcode)"
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
        writer.write(code)
        writer.write(subcode)
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
