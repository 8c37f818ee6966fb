// SPDX-License-Identifier: MIT-0

/// How many probes met which end.
///
/// RFC 6412 section 3.8.1 counts duplicates and reordered packets as impaired too. They are given here beside the loss,
/// not in it: neither says that the client was without an answer.
package struct ProbeCounts: Hashable, Sendable, Codable {
    package var sent = 0
    package var answered = 0
    /// Without a reply in time, late ones included.
    package var lost = 0
    /// Of the lost: those whose reply came after the forwarding delay threshold.
    package var late = 0
    /// Of the lost: those that an ICMP error told about.
    package var unreachable = 0
    /// Neither answered nor waited for long enough.
    package var undecided = 0
    /// Replies beyond a probe's first.
    package var duplicates = 0
    /// Replies that came after the reply of a probe with a higher number.
    package var reordered = 0
    /// Replies whose TTL belongs to no known instance.
    package var fromUnknown = 0
    /// Replies and errors about a probe that was never reported as sent.
    package var withoutSend = 0

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case sent, answered, lost, late, unreachable, undecided, duplicates, reordered
        case fromUnknown = "from_unknown"
        case withoutSend = "without_send"
    }
}
