// SPDX-License-Identifier: MIT-0
package import BGP

/// A route server's objects at one moment, as AWS's Describe and Get operations report them.
package struct RouteServerDescription: Hashable, Sendable, Codable {
    /// BgpStatus and BfdStatus of a peer.
    package enum Status: String, Hashable, Sendable, Codable {
        case up, down
    }

    package struct Endpoint: Hashable, Sendable, Codable {
        package var endpoint: RouteServerConfiguration.Endpoint
        package var state: RouteServerObjectState
        package var failureReason: String?
    }

    package struct Peer: Hashable, Sendable, Codable {
        package var peer: RouteServerConfiguration.Peer
        /// Nil only for a peer whose endpoint is gone.
        package var endpoint: RouteServerConfiguration.Endpoint?
        package var state: RouteServerObjectState
        package var failureReason: String?
        package var bgpStatus: Status
        /// Also `down` for a peer without BFD.
        package var bfdStatus: Status
    }

    package struct Propagation: Hashable, Sendable, Codable {
        package var table: RouteServerConfiguration.PropagatedTable
        package var state: RouteServerObjectState
        /// How many routes the route server has in the table.
        package var routeCount: Int

        package init(table: RouteServerConfiguration.PropagatedTable, state: RouteServerObjectState, routeCount: Int) {
            self.table = table
            self.state = state
            self.routeCount = routeCount
        }
    }

    package var name: String
    package var resourceID: String
    package var vpcID: String
    package var asn: ASN
    package var state: RouteServerObjectState
    package var persistRoutesState: PersistRoutes.State
    package var persistRoutesDurationMinutes: Int
    /// Whether RIB and FIB are those of when the last session ended.
    package var areRoutesPersisted: Bool
    package var isNotifyingSNS: Bool
    /// Nil without an association.
    package var association: RouteServerAssociationState?
    package var endpoints: [Endpoint]
    package var peers: [Peer]
    package var propagations: [Propagation]
}

extension RouteServerMachine {
    /// The present objects; deleted ones are left out.
    package func description() -> RouteServerDescription {
        RouteServerDescription(
            name: configuration.name, resourceID: configuration.resourceID, vpcID: objects.vpcID,
            asn: configuration.asn, state: state, persistRoutesState: persistence.state,
            persistRoutesDurationMinutes: persistence.settings.durationMinutes,
            areRoutesPersisted: areRoutesPersisted, isNotifyingSNS: objects.isNotifyingSNS,
            association: objects.association,
            endpoints: objects.endpoints.map {
                .init(endpoint: $0.configuration, state: $0.state, failureReason: $0.failureReason)
            },
            peers: peers.filter { $0.state != .deleted }.map { peer in
                .init(
                    peer: peer.configuration,
                    endpoint: objects.endpointNumber(peer.configuration.endpoint).map {
                        objects.endpoints[$0].configuration
                    },
                    state: peer.state, failureReason: peer.failureReason, bgpStatus: peer.isEstablished ? .up : .down,
                    bfdStatus: peer.isBFDUp ? .up : .down)
            },
            propagations: propagations.filter { $0.state != .deleted }.map {
                .init(table: $0.table, state: $0.state, routeCount: $0.room.count)
            })
    }
}
