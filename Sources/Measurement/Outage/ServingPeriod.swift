// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A period in which one instance answered every probe that was answered.
package struct ServingPeriod: Hashable, Sendable, Codable {
    /// Nil if the TTL belongs to no known instance.
    package var instance: String?
    /// The TTL at the prober that identified the instance.
    package var timeToLive: UInt8
    /// Receive stamps of its first and last reply.
    package var firstReplyAt: Instant
    package var lastReplyAt: Instant
    package var replyCount: Int

    package init(
        instance: String?, timeToLive: UInt8, firstReplyAt: Instant, lastReplyAt: Instant, replyCount: Int
    ) {
        self.instance = instance
        self.timeToLive = timeToLive
        self.firstReplyAt = firstReplyAt
        self.lastReplyAt = lastReplyAt
        self.replyCount = replyCount
    }

    private enum CodingKeys: String, CodingKey {
        case instance
        case timeToLive = "ttl"
        case firstReplyAt = "first_reply_ns"
        case lastReplyAt = "last_reply_ns"
        case replyCount = "replies"
    }
}
