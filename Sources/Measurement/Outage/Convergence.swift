// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The time from an event to the first reply of the instance that should serve after it.
///
/// RFC 6412 section 3.6.2's First Route Convergence Time, computed from stamps: the event's own and the kernel's stamp
/// of the reply. It is not 0 if no probe was lost, because it does not depend on loss.
package struct Convergence: Hashable, Sendable, Codable {
    package var instance: String
    /// The kernel's receive stamp at the prober.
    package var repliedAt: Instant
    /// Counted from just before the event: the longest it can have been.
    package var time: Milliseconds
    /// How much shorter it was if the event happened at the later of its two stamps.
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
