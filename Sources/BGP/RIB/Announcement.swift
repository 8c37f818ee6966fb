// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A route that a speaker originates itself, as `gobgp global rib add` describes it.
///
/// A next hop of 0.0.0.0 or `::` means the speaker itself: the session's local address replaces it.
package struct Announcement: Hashable, Sendable, Codable {
    package var prefix: IPPrefix
    package var attributes: PathAttributes

    package init(prefix: IPPrefix, attributes: PathAttributes) {
        self.prefix = prefix
        self.attributes = attributes
    }
}
