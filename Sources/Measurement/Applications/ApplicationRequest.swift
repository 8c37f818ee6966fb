// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One request in the ledger.
package struct ApplicationRequest: Hashable, Sendable {
    /// When it was due and the client awake; if it was sent at all, it was sent then.
    package var askedAt: Instant
    package var wasSent: Bool
    package var repliedAt: Instant?
    /// The responder's number in the reply.
    package var responder: UInt16?

    package init(askedAt: Instant, wasSent: Bool) {
        self.askedAt = askedAt
        self.wasSent = wasSent
    }

    package var responseTime: Milliseconds? { repliedAt.map { Milliseconds(from: askedAt, to: $0) } }
}
