// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One path of a RIB, for a listing.
package struct RIBRow: Hashable, Sendable, Codable {
    package var prefix: IPPrefix
    package var attributes: PathAttributes
    /// How long the path has existed.
    package var age: Duration
    package var isBest: Bool
    /// Whether the path may become the best.
    package var isValid: Bool
    /// The neighbour that sent it; nil for a local route.
    package var neighbor: IPAddress?
    /// The endpoint that terminates the session; only in a route server's rows.
    package var endpoint: String?

    package init(
        prefix: IPPrefix, attributes: PathAttributes, age: Duration, isBest: Bool, isValid: Bool = true,
        neighbor: IPAddress? = nil, endpoint: String? = nil
    ) {
        self.prefix = prefix
        self.attributes = attributes
        self.age = age
        self.isBest = isBest
        self.isValid = isValid
        self.neighbor = neighbor
        self.endpoint = endpoint
    }
}
