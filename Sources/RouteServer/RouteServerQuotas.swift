// SPDX-License-Identifier: MIT-0
package import WireFormat

/// A route server's limits, and what it does beyond them.
///
/// The limits are those of the Amazon VPC User Guide, "Amazon VPC quotas". What happens beyond a limit on routes is not
/// published: that the first ones stay is assumed. Beyond a limit on objects, creation is refused.
package struct RouteServerQuotas: Hashable, Sendable, Codable {
    /// What happens to a peer's routes beyond its limit.
    package enum PeerPolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The first ones count; the others wait until one of those is withdrawn.
        case keepFirst = "keep-first"
        /// The session ends with Cease / Maximum Number of Prefixes Reached (RFC 4486 section 4).
        case resetSession = "reset-session"
        /// All of them count.
        case acceptAll = "accept-all"
    }

    /// What happens to routes for which there is no room in the FIB or in a route table.
    package enum CapacityPolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The first ones stay; the others wait, the longest-waiting first, until there is room.
        case keepFirst = "keep-first"
        /// There is always room.
        case acceptAll = "accept-all"
    }

    /// A limit on routes, and what happens beyond it.
    package struct RouteQuota<Policy: RouteQuotaPolicy>: Hashable, Sendable, Codable {
        package var limit: Int
        package var policy: Policy

        package init(limit: Int, policy: Policy) {
            self.limit = limit
            self.policy = policy
        }

        /// How many routes count.
        var effectiveLimit: Int { policy == .acceptAll ? .max : limit }
    }

    package var routesPerPeer = RouteQuota(limit: 100, policy: PeerPolicy.keepFirst)
    package var routesInFIB = RouteQuota(limit: 100, policy: CapacityPolicy.keepFirst)
    package var propagatedRoutesPerTable = RouteQuota(limit: 100, policy: CapacityPolicy.keepFirst)
    /// Prefixes that no limit on routes counts: they exist for a measurement, and AWS would not get them.
    package var exemptBlock: IPPrefix?
    package var endpointsPerRouteServer = 10
    package var endpointsPerSubnet = 2
    package var peersPerEndpoint = 20

    /// AWS's limits.
    package static let aws = RouteServerQuotas()

    /// No limit on routes; those on objects are AWS's.
    package static let unlimitedRoutes: RouteServerQuotas = {
        var quotas = RouteServerQuotas()
        quotas.routesPerPeer.policy = .acceptAll
        quotas.routesInFIB.policy = .acceptAll
        quotas.propagatedRoutesPerTable.policy = .acceptAll
        return quotas
    }()

    package init() {}

    func exempts(_ prefix: IPPrefix) -> Bool {
        exemptBlock?.contains(prefix) ?? false
    }
}

/// What happens beyond a limit on routes.
package protocol RouteQuotaPolicy: Hashable, Sendable, Codable {
    /// All routes are accepted: there is no limit.
    static var acceptAll: Self { get }
}

extension RouteServerQuotas.PeerPolicy: RouteQuotaPolicy {}
extension RouteServerQuotas.CapacityPolicy: RouteQuotaPolicy {}
