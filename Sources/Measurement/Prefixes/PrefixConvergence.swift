// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How a block of prefixes moved from the failed instance to its standby: all of it by the control plane, samples by
/// probes.
package struct PrefixConvergence: Hashable, Sendable, Codable {
    /// By the watcher's stamps in the route table that the primary flow uses.
    package struct ControlPlane: Hashable, Sendable, Codable {
        package var table: String
        /// How many prefixes lead to the standby.
        package var convergedCount: Int
        /// The first and the last prefix whose route moved, and when, counted from just before the fault.
        package var firstPrefix: IPPrefix?
        package var first: Milliseconds?
        package var lastPrefix: IPPrefix?
        package var last: Milliseconds?
        /// When half of the prefixes, and when 95 of 100, had moved.
        package var median: Milliseconds?
        package var percentile95: Milliseconds?
        /// How often the kernel dropped events, so that some stamps are missing.
        package var overrunCount: Int
        /// Each prefix's time, in the block's order, null for one that did not move; nil unless requested.
        package var everyPrefix: [Milliseconds?]?

        private enum CodingKeys: String, CodingKey {
            case table
            case convergedCount = "converged"
            case firstPrefix = "first_prefix"
            case first = "first_route_convergence_ms"
            case lastPrefix = "last_prefix"
            case last = "full_convergence_ms"
            case median = "median_ms"
            case percentile95 = "p95_ms"
            case overrunCount = "overruns"
            case everyPrefix = "every_prefix_ms"
        }
    }

    /// What the route server wrote, by its own stamps.
    package struct Replacement: Hashable, Sendable, Codable {
        package var routeCount: Int
        /// From the first request to the kernel's last acknowledgement.
        package var duration: Milliseconds
        package var routesPerSecond: Double

        /// Nil if nothing was written.
        package init?(routeCount: Int, began: Instant?, last: Instant?) {
            guard routeCount > 0, let began, let last, last > began else { return nil }
            self.routeCount = routeCount
            duration = Milliseconds(from: began, to: last)
            routesPerSecond = (Double(routeCount) / duration.value * 1_000).rounded()
        }

        private enum CodingKeys: String, CodingKey {
            case routeCount = "routes"
            case duration = "duration_ms"
            case routesPerSecond = "routes_per_second"
        }
    }

    /// The observations of a block from just before a fault to just before its restore.
    package struct Records: Sendable {
        package var block: PrefixBlock
        package var table: String
        package var changes: BlockChanges
        package var overrunCount: Int
        package var replacement: Replacement?

        package init(
            block: PrefixBlock, table: String, changes: BlockChanges, overrunCount: Int, replacement: Replacement?
        ) {
            self.block = block
            self.table = table
            self.changes = changes
            self.overrunCount = overrunCount
            self.replacement = replacement
        }
    }

    package var count: Int
    package var controlPlane: ControlPlane
    /// The samples that were probed; nil if none were.
    package var samples: RouteConvergence?
    package var replacement: Replacement?

    private enum CodingKeys: String, CodingKey {
        case count, samples, replacement
        case controlPlane = "control_plane"
    }

    /// Computes when each prefix led to the standby.
    init(
        _ records: Records, fault: EventInstants, subject: TrialSubject, flows: [FlowMeasurement],
        keepsEveryPrefix: Bool
    ) {
        count = records.block.count
        replacement = records.replacement
        samples = RouteConvergence(flows.filter { $0.flow.role == .sample })
        let times = (0..<records.block.count).map { index in
            records.changes.instant(of: index, to: subject.standbyNextHops)
                .flatMap { $0 >= fault.before ? Milliseconds(from: fault.before, to: $0) : nil }
        }
        controlPlane = ControlPlane(
            table: records.table, convergedCount: times.count { $0 != nil }, overrunCount: records.overrunCount)
        let converged = times.indices.filter { times[$0] != nil }
            .sorted { (times[$0] ?? .zero, $0) < (times[$1] ?? .zero, $1) }
        if let first = converged.first, let last = converged.last {
            controlPlane.firstPrefix = records.block[first]
            controlPlane.first = times[first]
            controlPlane.lastPrefix = records.block[last]
            controlPlane.last = times[last]
            let sorted = converged.compactMap { times[$0] }
            controlPlane.median = nearestRank(0.5, of: sorted)
            controlPlane.percentile95 = nearestRank(0.95, of: sorted)
        }
        if keepsEveryPrefix { controlPlane.everyPrefix = times }
    }
}
