// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How several routes converged, each measured by its own traffic: RFC 6412's route-specific benchmarks.
///
/// Computed from those inward flows of one node that the fault affects and that have the same probe interval.
package struct RouteConvergence: Hashable, Sendable, Codable {
    package struct Route: Hashable, Sendable, Codable {
        package var prefix: IPPrefix
        package var flow: FlowNumber
        /// From just before the fault to the standby's first reply; nil if there was none.
        package var convergence: Milliseconds?
        /// Route-Specific Convergence Time (section 3.6.3, equation 5): from the probes that the standby did not
        /// answer.
        package var routeSpecific: Milliseconds?
        /// Route Loss of Connectivity Period (section 3.6.5, equation 8): lost probes times interval.
        package var lossOfConnectivity: Milliseconds

        private enum CodingKeys: String, CodingKey {
            case prefix, flow
            case convergence = "convergence_ms"
            case routeSpecific = "route_specific_convergence_ms"
            case lossOfConnectivity = "loss_of_connectivity_ms"
        }
    }

    package var routes: [Route]
    /// First Route Convergence Time (section 3.6.2): the shortest of the routes' convergence times; nil if none converged.
    package var firstRoute: Milliseconds?
    /// Full Convergence Time (section 3.6.1): the longest; nil unless all converged.
    package var full: Milliseconds?
    /// Loss-Derived Convergence Time (section 3.6.4, equation 7): over all routes; nil unless all converged.
    package var lossDerived: Milliseconds?
    /// Loss-Derived Loss of Connectivity Period (section 3.6.6, equation 9): over all routes.
    package var lossDerivedLossOfConnectivity: Milliseconds

    private enum CodingKeys: String, CodingKey {
        case routes
        case firstRoute = "first_route_convergence_ms"
        case full = "full_convergence_ms"
        case lossDerived = "loss_derived_convergence_ms"
        case lossDerivedLossOfConnectivity = "loss_derived_loss_of_connectivity_ms"
    }

    /// Nil without flows.
    init?(_ flows: [FlowMeasurement]) {
        guard !flows.isEmpty else { return nil }
        routes = flows.map { measured in
            Route(
                prefix: measured.flow.prefix, flow: measured.flow.number, convergence: measured.convergence?.time,
                routeSpecific: measured.routeSpecificConvergence, lossOfConnectivity: measured.outage.lossDerived)
        }
        let times = routes.compactMap(\.convergence)
        firstRoute = times.min()
        full = times.count == routes.count ? times.max() : nil
        let specific = routes.compactMap(\.routeSpecific)
        // The offered load is the same for each route, so the value derived from all is the mean of each route's value.
        lossDerived = specific.count == routes.count ? Self.mean(specific) : nil
        lossDerivedLossOfConnectivity = Self.mean(routes.map(\.lossOfConnectivity))
    }

    private static func mean(_ values: [Milliseconds]) -> Milliseconds {
        let sum = values.reduce(.zero) { $0 + $1 }
        return Milliseconds(nanoseconds: sum.nanoseconds / Int64(max(values.count, 1)))
    }
}
