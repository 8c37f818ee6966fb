// SPDX-License-Identifier: MIT-0
package import RouteServer

/// What can be changed about a route server that runs.
package enum RouteServerChange: Codable, Hashable, Sendable {
    /// What ModifyRouteServer can be told; nil leaves a setting as it is.
    package struct Modification: Codable, Hashable, Sendable {
        package var persistRoutes: PersistRoutes.Action?
        package var durationMinutes: Int?
        package var isNotifyingSNS: Bool?

        package init(
            persistRoutes: PersistRoutes.Action? = nil, durationMinutes: Int? = nil, isNotifyingSNS: Bool? = nil
        ) {
            self.persistRoutes = persistRoutes
            self.durationMinutes = durationMinutes
            self.isNotifyingSNS = isNotifyingSNS
        }
    }

    /// A peer, with the session that its device is waited for with.
    case createPeer(RouteServerConfiguration.Peer, RouteServerProgramConfiguration.PeerSession)
    case deletePeer(PeerID)
    /// An endpoint whose link is there, with the link.
    case createEndpoint(RouteServerConfiguration.Endpoint, RouteServerProgramConfiguration.Endpoint)
    /// By its name.
    case deleteEndpoint(String)
    case enablePropagation(RouteServerConfiguration.PropagatedTable)
    /// By the route table's id.
    case disablePropagation(String)
    case associate
    case disassociate
    case modify(Modification)
}
