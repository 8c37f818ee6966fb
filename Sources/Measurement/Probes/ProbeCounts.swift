// SPDX-License-Identifier: MIT-0

/// How many probes had which outcome.
///
/// RFC 6412 section 3.8.1 also counts duplicates and reordered packets as impaired. Here they are counted separately
/// from the loss: neither means that the client was without an answer.
package struct ProbeCounts: Hashable, Sendable, Codable {
    package var sent = 0
    package var answered = 0
    /// Without a reply in time, including late ones.
    package var lost = 0
    /// Of the lost: those whose reply arrived after the forwarding delay threshold.
    package var late = 0
    /// Of the lost: those that an ICMP error reported.
    package var unreachable = 0
    /// Not answered, and not waited for long enough.
    package var undecided = 0
    /// Replies beyond a probe's first one.
    package var duplicates = 0
    /// Replies that arrived after the reply to a probe with a higher number.
    package var reordered = 0
    /// Replies whose TTL belongs to no known instance.
    package var fromUnknown = 0
    /// Replies and errors for a probe that was never reported as sent.
    package var withoutSend = 0

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case sent, answered, lost, late, unreachable, undecided, duplicates, reordered
        case fromUnknown = "from_unknown"
        case withoutSend = "without_send"
    }
}
