// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One flow over the valid trials of a run, in milliseconds.
package struct FlowSummary: Hashable, Sendable, Codable {
    package var direction: Flow.Direction
    /// As in `Flow`, of the first trial.
    package var node: String
    package var destination: IPAddress
    package var prefix: IPPrefix
    package var outageLower: Summary?
    package var outageUpper: Summary?
    package var outage: Summary?
    package var convergence: Summary?
    /// Lost in all of them together.
    package var lostCount: Int

    private enum CodingKeys: String, CodingKey {
        case direction, destination, prefix
        case node = "from"
        case outageLower = "outage_lower_ms"
        case outageUpper = "outage_upper_ms"
        case outage = "outage_ms"
        case convergence = "convergence_ms"
        case lostCount = "lost"
    }

    /// Nil if the trials have only one flow each.
    static func all(of trials: [Trial]) -> [FlowSummary]? {
        guard let flows = trials.first?.flows.map(\.flow), flows.count > 1 else { return nil }
        return flows.filter { $0.role != .sample }.map { flow in
            FlowSummary(
                flow,
                trials.compactMap { trial in
                    // The active instance may differ between trials; the flow is the same.
                    trial.flows.first {
                        $0.flow.direction == flow.direction && $0.flow.prefix == flow.prefix
                            && $0.flow.destination == flow.destination
                            && (flow.direction == .outward || $0.flow.node == flow.node)
                    }
                })
        }
    }

    private init(_ flow: Flow, _ measured: [FlowMeasurement]) {
        direction = flow.direction
        node = flow.node
        destination = flow.destination
        prefix = flow.prefix
        func summary(_ value: (FlowMeasurement) -> Milliseconds?) -> Summary? {
            Summary.of(measured.compactMap { value($0)?.value })
        }
        outageLower = summary { $0.outage.lower }
        outageUpper = summary { $0.outage.upper }
        outage = summary { $0.outage.estimate }
        convergence = summary { $0.convergence?.time }
        lostCount = measured.reduce(0) { $0 + $1.outage.lostCount }
    }
}

/// How a block of prefixes moved in the valid trials of a run, in milliseconds.
package struct PrefixSummary: Hashable, Sendable, Codable {
    package var count: Int
    /// By the control plane.
    package var firstRoute: Summary?
    package var full: Summary?
    /// By probes, of the samples.
    package var firstSample: Summary?
    package var lastSample: Summary?
    package var replacement: Summary?
    package var routesPerSecond: Summary?

    private enum CodingKeys: String, CodingKey {
        case count
        case firstRoute = "first_route_convergence_ms"
        case full = "full_convergence_ms"
        case firstSample = "first_sample_ms"
        case lastSample = "last_sample_ms"
        case replacement = "replacement_ms"
        case routesPerSecond = "routes_per_second"
    }

    /// Nil if no trial had any.
    init?(of trials: [Trial]) {
        let measured = trials.compactMap(\.prefixes)
        guard let first = measured.first else { return nil }
        count = first.count
        func summary(_ value: (PrefixConvergence) -> Milliseconds?) -> Summary? {
            Summary.of(measured.compactMap { value($0)?.value })
        }
        firstRoute = summary { $0.controlPlane.first }
        full = summary { $0.controlPlane.last }
        firstSample = summary { $0.samples?.firstRoute }
        lastSample = summary { $0.samples?.full }
        replacement = summary { $0.replacement?.duration }
        routesPerSecond = Summary.of(measured.compactMap { $0.replacement?.routesPerSecond })
    }
}
