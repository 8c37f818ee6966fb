// SPDX-License-Identifier: MIT-0
package import WireFormat

/// From an event to the first reply of the instance that was to serve after it.
///
/// RFC 6412 section 3.6.2's First Route Convergence Time, taken from stamps: the event's own and the kernel's of the reply.
/// It is not 0 when no probe was lost, because it does not look at loss.
package struct Convergence: Hashable, Sendable, Codable {
    package var instance: String
    /// The kernel's receive stamp at the prober.
    package var repliedAt: Instant
    /// From just before the event: the longest that it can have been.
    package var time: Milliseconds
    /// How much shorter it was if the event came at the end of its own two stamps.
    package var eventUncertainty: Milliseconds?

    package init(instance: String, repliedAt: Instant, event: EventInstants) {
        self.instance = instance
        self.repliedAt = repliedAt
        time = Milliseconds(from: event.before, to: repliedAt)
        eventUncertainty = event.uncertainty
    }

    private enum CodingKeys: String, CodingKey {
        case instance
        case repliedAt = "replied_ns"
        case time = "time_ms"
        case eventUncertainty = "event_uncertainty_ms"
    }
}
