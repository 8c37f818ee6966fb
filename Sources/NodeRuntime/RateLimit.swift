// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// So many at once, and so many a second from then on; the others are counted.
struct RateLimit {
    private let interval: Duration
    private let allowance: Duration
    /// When as many would have been admitted at one per interval.
    private var paidUntil = Instant.zero
    private var suppressedCount = 0

    init(perSecond: Int64, atOnce: Int64) {
        interval = .nanoseconds(1_000_000_000 / perSecond)
        allowance = .nanoseconds(interval.nanoseconds * (atOnce - 1))
    }

    /// Whether one more is within the limit; if not, it counts as suppressed.
    mutating func admits(at now: Instant) -> Bool {
        guard paidUntil <= now + allowance else {
            suppressedCount += 1
            return false
        }
        paidUntil = max(paidUntil, now) + interval
        return true
    }

    /// How many were suppressed since the last call.
    mutating func takeSuppressedCount() -> Int {
        defer { suppressedCount = 0 }
        return suppressedCount
    }
}

/// Who makes a node's program write events; each has a limit of its own, so none can fill the log or take the time of
/// the others.
enum EventSource: Hashable {
    /// Changes of routes and tables, whoever caused them.
    case routes
    case neighbor(IPAddress, endpoint: String?)
    /// Whoever connects and is no neighbour.
    case stranger(endpoint: String?)

    var limit: RateLimit {
        switch self {
        // A whole table that is lost with its session is far more at once than any failover of a floating IP.
        case .routes: RateLimit(perSecond: 5000, atOnce: 50_000)
        case .neighbor: RateLimit(perSecond: 500, atOnce: 10_000)
        case .stranger: RateLimit(perSecond: 1, atOnce: 10)
        }
    }
}
