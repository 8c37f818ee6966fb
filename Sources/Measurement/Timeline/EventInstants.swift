// SPDX-License-Identifier: MIT-0
package import WireFormat

/// When something was done to a lab: stamped just before and just after (RFC 6412 section 3.2.2).
///
/// The event itself lies between the two.
package struct EventInstants: Hashable, Sendable, Codable {
    package var before: Instant
    /// Nil if its end was not seen.
    package var after: Instant?

    package init(before: Instant, after: Instant?) {
        self.before = before
        self.after = after
    }

    /// How long the action took, and so how uncertain the event's instant is.
    package var uncertainty: Milliseconds? {
        after.map { Milliseconds(from: before, to: $0) }
    }

    private enum CodingKeys: String, CodingKey {
        case before = "before_ns"
        case after = "after_ns"
    }
}
