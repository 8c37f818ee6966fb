// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A route that a speaker originates itself, as `gobgp global rib add` describes one.
///
/// A next hop of 0.0.0.0 or `::` stands for the speaker: it leaves as the session's local address.
package struct Announcement: Hashable, Sendable, Codable {
    package var prefix: IPPrefix
    package var attributes: PathAttributes

    package init(prefix: IPPrefix, attributes: PathAttributes) {
        self.prefix = prefix
        self.attributes = attributes
    }
}
