// SPDX-License-Identifier: MIT-0

/// Error code and error subcode of a NOTIFICATION (RFC 4271 section 4.5).
///
/// Numbers that no RFC names are preserved.
package enum NotificationReason: Hashable, Sendable {
    case messageHeaderError(MessageHeaderSubcode)
    case openMessageError(OpenSubcode)
    case updateMessageError(UpdateSubcode)
    case holdTimerExpired
    case finiteStateMachineError(FiniteStateMachineSubcode)
    case cease(CeaseSubcode)
    /// RFC 9687 section 4.
    case sendHoldTimerExpired
    case other(code: UInt8, subcode: UInt8)

    package init(code: UInt8, subcode: UInt8) {
        self =
            switch (code, subcode) {
            case (1, _): .messageHeaderError(.init(rawValue: subcode))
            case (2, _): .openMessageError(.init(rawValue: subcode))
            case (3, _): .updateMessageError(.init(rawValue: subcode))
            case (4, 0): .holdTimerExpired
            case (5, _): .finiteStateMachineError(.init(rawValue: subcode))
            case (6, _): .cease(.init(rawValue: subcode))
            case (8, 0): .sendHoldTimerExpired
            default: .other(code: code, subcode: subcode)
            }
    }

    /// The error code on the wire.
    package var code: UInt8 {
        switch self {
        case .messageHeaderError: 1
        case .openMessageError: 2
        case .updateMessageError: 3
        case .holdTimerExpired: 4
        case .finiteStateMachineError: 5
        case .cease: 6
        case .sendHoldTimerExpired: 8
        case .other(let code, _): code
        }
    }

    /// The error subcode on the wire.
    package var subcode: UInt8 {
        switch self {
        case .messageHeaderError(let subcode): subcode.rawValue
        case .openMessageError(let subcode): subcode.rawValue
        case .updateMessageError(let subcode): subcode.rawValue
        case .holdTimerExpired: 0
        case .finiteStateMachineError(let subcode): subcode.rawValue
        case .cease(let subcode): subcode.rawValue
        case .sendHoldTimerExpired: 0
        case .other(_, let subcode): subcode
        }
    }
}

extension NotificationReason: CustomStringConvertible {
    /// The names of IANA's registry, such as "Cease / Administrative Shutdown".
    package var description: String {
        switch self {
        case .messageHeaderError(let subcode): "Message Header Error / \(subcode)"
        case .openMessageError(let subcode): "OPEN Message Error / \(subcode)"
        case .updateMessageError(let subcode): "UPDATE Message Error / \(subcode)"
        case .holdTimerExpired: "Hold Timer Expired"
        case .finiteStateMachineError(let subcode): "Finite State Machine Error / \(subcode)"
        case .cease(let subcode): "Cease / \(subcode)"
        case .sendHoldTimerExpired: "Send Hold Timer Expired"
        case .other(let code, let subcode): "error code \(code) / subcode \(subcode)"
        }
    }
}

/// In JSON the two numbers and, for a reader, their names.
extension NotificationReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, subcode, name
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            code: try container.decode(UInt8.self, forKey: .code),
            subcode: try container.decode(UInt8.self, forKey: .subcode))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(subcode, forKey: .subcode)
        try container.encode(description, forKey: .name)
    }
}
