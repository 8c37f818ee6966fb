// SPDX-License-Identifier: MIT-0
package import BGP
package import WireFormat

/// Why a learned route is not in a route table.
package enum RouteRejection: Hashable, Sendable, Codable {
    /// The peer already had this many routes, its quota.
    case peerQuota(limit: Int)
    case noNetworkInterface(nextHop: IPAddress)
    /// The FIB already had this many routes, its quota.
    case fibQuota(limit: Int)
    /// The route table already had this many propagated routes, its quota.
    case tableQuota(limit: Int)
    /// The route table has a static route to the same prefix.
    case staticRoute(IPPrefix)
    /// The route table's local route to this block comes first.
    case localRoute(IPPrefix)
    /// A gateway's route table, which may have routes to the VPC's whole block or exactly a subnet's; this is neither.
    case notForGateway(IPPrefix)
    /// Another route server's route comes first.
    case preferredRouteServer(String, IPPrefix)
    /// The kernel refused it; the text says why.
    case refusedByKernel(String)
}

/// Why import drops a route: it is in no routing database (RFC 4271 sections 6.3 and 9.1.2).
package enum ImportDrop: Hashable, Sendable, Codable {
    /// The route server's own ASN is in AS_PATH.
    case ownASN(ASN)
    /// Nothing can be routed to a multicast prefix.
    case multicast
}
