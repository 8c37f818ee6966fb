// SPDX-License-Identifier: MIT-0
import WireFormat

/// Room for a limited number of routes, and the routes that wait for it.
struct LimitedRoom: Sendable {
    private let quotas: RouteServerQuotas
    private let limit: Int
    /// The number of routes, including those that do not count against the limit.
    private(set) var count = 0
    private var countedCount = 0
    /// Routes for which there is no room.
    var waiting = WaitingLine()

    init(_ quotas: RouteServerQuotas, limit: Int) {
        self.quotas = quotas
        self.limit = limit
    }

    func isWaiting(_ prefix: IPPrefix) -> Bool {
        waiting.contains(prefix)
    }

    func hasRoom(for prefix: IPPrefix) -> Bool {
        countedCount < limit || quotas.exempts(prefix)
    }

    mutating func add(_ prefix: IPPrefix) {
        count += 1
        countedCount += quotas.exempts(prefix) ? 0 : 1
    }

    mutating func remove(_ prefix: IPPrefix) {
        count -= 1
        countedCount -= quotas.exempts(prefix) ? 0 : 1
    }

    /// Removes and returns the longest-waiting route if there is room for it.
    mutating func nextWaiting() -> IPPrefix? {
        countedCount < limit ? waiting.popFirst() : nil
    }
}
