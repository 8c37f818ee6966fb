// SPDX-License-Identifier: MIT-0
package import RouteServer

// Reasons are values elsewhere; they have their words here and nowhere else.

extension RouteRejection {
    /// AWS's RouteInstallationStatusReason, whose wording AWS does not publish.
    package var text: String {
        switch self {
        case .peerQuota(let limit): "the peer has \(limit) routes, its quota"
        case .noNetworkInterface(let nextHop): "no network interface in the VPC has the next hop \(nextHop)"
        case .fibQuota(let limit): "the FIB has \(limit) routes, its quota"
        case .tableQuota(let limit): "the route table has \(limit) propagated routes, its quota"
        case .staticRoute(let prefix): "the route table has a static route to \(prefix)"
        case .localRoute(let block): "the local route of the route table to \(block) comes first"
        case .notForGateway(let prefix):
            "a gateway's route table has routes to the VPC's whole block or exactly a subnet's, and \(prefix) is neither"
        case .preferredRouteServer(let server, let prefix):
            "the route of \(server) to \(prefix) comes first (assumed)"
        case .refusedByKernel(let text): text
        }
    }
}

extension RoutingDatabase.DroppedRoute {
    /// For people, one sentence without a full stop.
    package var text: String {
        let why =
            switch reason {
            case .ownASN(let asn): "the route server's own AS \(asn) is in its AS path"
            case .multicast: "it is a multicast prefix"
            }
        return "the route of \(peerAddress) to \(prefix) was dropped at \(endpoint): \(why)"
    }
}
