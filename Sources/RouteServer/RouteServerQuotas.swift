// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How much a route server takes, and what it does with more.
///
/// The limits are those of the Amazon VPC User Guide, "Amazon VPC quotas". What happens past a limit on routes is not
/// published: that the first ones stay is assumed. Past a limit on objects their creation is refused.
package struct RouteServerQuotas: Hashable, Sendable, Codable {
    /// What becomes of a peer's routes past its limit.
    package enum PeerPolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The first ones count; the others wait until one of those is withdrawn.
        case keepFirst = "keep-first"
        /// The session ends with Cease / Maximum Number of Prefixes Reached (RFC 4486 section 4).
        case resetSession = "reset-session"
        /// All of them count.
        case acceptAll = "accept-all"
    }

    /// What becomes of routes for which there is no room in the FIB or in a route table.
    package enum CapacityPolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The first ones stay; the others wait, the longest first, until there is room.
        case keepFirst = "keep-first"
        /// There is always room.
        case acceptAll = "accept-all"
    }

    /// A limit on routes with what happens past it.
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
    /// What no limit on routes counts: prefixes that are there for a measurement and that AWS would not be given.
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

/// What happens past a limit on routes.
package protocol RouteQuotaPolicy: Hashable, Sendable, Codable {
    /// Nothing: there is no limit.
    static var acceptAll: Self { get }
}

extension RouteServerQuotas.PeerPolicy: RouteQuotaPolicy {}
extension RouteServerQuotas.CapacityPolicy: RouteQuotaPolicy {}
