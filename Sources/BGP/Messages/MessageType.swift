// SPDX-License-Identifier: MIT-0

/// The five message types that this speaker knows, with their numbers on the wire.
package enum MessageType: UInt8, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case open = 1
    case update = 2
    case notification = 3
    case keepalive = 4
    /// RFC 2918.
    case routeRefresh = 5

    /// The permitted lengths of a message of this type in octets, including the header (RFC 4271 sections 4 and 6.1).
    var permittedOctetCounts: ClosedRange<Int> {
        switch self {
        case .open: 29...MessageHeader.maximumMessageOctetCount
        case .update: 23...MessageHeader.maximumMessageOctetCount
        case .notification: 21...MessageHeader.maximumMessageOctetCount
        case .keepalive: 19...19
        case .routeRefresh: 23...23
        }
    }

    package var description: String {
        switch self {
        case .open: "OPEN"
        case .update: "UPDATE"
        case .notification: "NOTIFICATION"
        case .keepalive: "KEEPALIVE"
        case .routeRefresh: "ROUTE-REFRESH"
        }
    }
}
