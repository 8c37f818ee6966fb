// SPDX-License-Identifier: MIT-0

/// The logical id of a route server peer.
package struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var logicalID: String

    package init(_ logicalID: String) {
        self.logicalID = logicalID
    }

    package static func < (left: PeerID, right: PeerID) -> Bool {
        left.logicalID < right.logicalID
    }

    package var description: String { logicalID }
}

extension PeerID: Codable {
    package init(from decoder: any Decoder) throws {
        logicalID = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(logicalID)
    }
}
