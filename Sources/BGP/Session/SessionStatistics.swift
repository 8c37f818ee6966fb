// SPDX-License-Identifier: MIT-0
package import Causes

/// How many messages of each type went in one direction.
package struct MessageCounts: Hashable, Sendable, Codable {
    package var opens = 0
    package var updates = 0
    package var notifications = 0
    package var keepalives = 0
    package var routeRefreshes = 0

    package init() {}

    package var total: Int { opens + updates + notifications + keepalives + routeRefreshes }

    mutating func count(_ type: MessageType) {
        switch type {
        case .open: opens += 1
        case .update: updates += 1
        case .notification: notifications += 1
        case .keepalive: keepalives += 1
        case .routeRefresh: routeRefreshes += 1
        }
    }
}

/// Counts since the session was created: the figures of `gobgp neighbor`.
package struct SessionStatistics: Hashable, Sendable, Codable {
    package var sent = MessageCounts()
    package var received = MessageCounts()
    /// How often the session left Established.
    package var flaps = 0
    /// What was last negotiated; kept after the session ended, nil before the first one.
    package var negotiated: Negotiated?
    /// The OPEN that we last sent.
    package var localOpen: OpenMessage?
    /// The OPEN that the peer last sent.
    package var remoteOpen: OpenMessage?
    /// Why the last session or attempt ended.
    package var lastEnd: SessionEnd?

    package init() {}
}
