// SPDX-License-Identifier: MIT-0

/// A message of any type.
package enum Message: Hashable, Sendable {
    case open(OpenMessage)
    case update(DecodedUpdate)
    case notification(NotificationMessage)
    case keepalive
    case routeRefresh(RouteRefreshMessage)

    /// The octets of a KEEPALIVE, which are always the same (RFC 4271 section 4.4).
    package static let encodedKeepalive: [UInt8] = Array(repeating: 0xFF, count: 16) + [0, 19, 4]

    /// Decodes a message body; the header has given the type.
    package init(
        _ type: MessageType, decodingBody body: RawSpan, options: CodecOptions
    ) throws(NotificationMessage) {
        switch type {
        case .open: self = .open(try OpenMessage(decodingBody: body))
        case .update: self = .update(try DecodedUpdate(decodingBody: body, options: options))
        case .notification: self = .notification(try NotificationMessage(decodingBody: body))
        case .keepalive:
            guard body.byteCount == 0 else { throw .badLength(bodyOctetCount: body.byteCount) }
            self = .keepalive
        case .routeRefresh: self = .routeRefresh(try RouteRefreshMessage(decodingBody: body))
        }
    }

    package var type: MessageType {
        switch self {
        case .open: .open
        case .update: .update
        case .notification: .notification
        case .keepalive: .keepalive
        case .routeRefresh: .routeRefresh
        }
    }
}
