// SPDX-License-Identifier: MIT-0

/// AWS::EC2::RouteServer with everything that belongs to it.
package struct RouteServerObject: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var amazonSideASN: UInt32
    package var endpoints: [RouteServerEndpoint]
    package var peers: [RouteServerPeer]
    /// The route tables that it writes (AWS::EC2::RouteServerPropagation).
    package var propagations: [String]
    /// Whether routes stay in the tables when the last session ends.
    package var persistRoutes: Bool
    /// Minutes, once a session is back, until persisted routes are given up: 1...5.
    package var persistRoutesDurationMinutes: Int
    /// SnsNotificationsEnabled; a lab has no one to notify.
    package var isNotifyingSNS: Bool
    /// Whether it is associated with the VPC (AWS::EC2::RouteServerAssociation); a template that associates another one
    /// is an error.
    package var isAssociated = true

    package init(
        logicalID: String, name: String, amazonSideASN: UInt32, endpoints: [RouteServerEndpoint],
        peers: [RouteServerPeer], propagations: [String], persistRoutes: Bool = false,
        persistRoutesDurationMinutes: Int = 1, isNotifyingSNS: Bool = false
    ) {
        self.logicalID = logicalID
        self.name = name
        self.amazonSideASN = amazonSideASN
        self.endpoints = endpoints
        self.peers = peers
        self.propagations = propagations
        self.persistRoutes = persistRoutes
        self.persistRoutesDurationMinutes = persistRoutesDurationMinutes
        self.isNotifyingSNS = isNotifyingSNS
    }
}
