// SPDX-License-Identifier: MIT-0
package import Causes
package import RouteServer

/// A change to a running route server.
package enum RouteServerChange: Codable, Hashable, Sendable {
    /// The settings that ModifyRouteServer can change; nil leaves one unchanged.
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

    /// A peer, and the session in which its device is expected.
    case createPeer(RouteServerConfiguration.Peer, RouteServerProgramConfiguration.PeerSession)
    case deletePeer(PeerID)
    /// An endpoint whose link exists, and the link.
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
