// SPDX-License-Identifier: MIT-0
import BGP
package import RouteServer
package import VPC

// The shapes of AWS's service model that describe route servers, made from the running one's state. Members that AWS
// leaves out are left out: the duration of persist routes while they are disabled, the interface of a pending endpoint.
// Both were observed, and so were empty tags in answers of Describe operations.

/// Tags by the id of their object.
package typealias TagsByID = [String: [ResourceTag]]

extension ShapeValue {
    /// TagList.
    package static func tags(_ tags: [ResourceTag]?) -> ShapeValue {
        .list((tags ?? []).map { .of(["Key": .string($0.key), "Value": .string($0.value)]) })
    }
}

extension RouteServerDescription {
    /// RouteServer.
    ///
    /// SnsTopicArn is missing: a lab notifies no one.
    package func shape(tags: TagsByID?) -> ShapeValue {
        let isPersisting = persistRoutesState != .disabled && persistRoutesState != .disabling
        return .of([
            "RouteServerId": .string(resourceID),
            "AmazonSideAsn": .integer(Int64(asn.value)),
            "State": .string(state.rawValue),
            "Tags": tags.map { .tags($0[resourceID]) },
            "PersistRoutesState": .string(persistRoutesState.rawValue),
            "PersistRoutesDuration": isPersisting ? .integer(Int64(persistRoutesDurationMinutes)) : nil,
            "SnsNotificationsEnabled": .boolean(isNotifyingSNS),
        ])
    }

    /// RouteServerEndpoint.
    package func shape(of endpoint: Endpoint, tags: TagsByID?) -> ShapeValue {
        let isThere = endpoint.state != .pending
        let configuration = endpoint.endpoint
        return .of([
            "RouteServerId": .string(resourceID),
            "RouteServerEndpointId": .string(configuration.resourceID),
            "VpcId": .string(vpcID),
            "SubnetId": .string(configuration.subnetID),
            "EniId": isThere ? .string(configuration.networkInterfaceID) : nil,
            "EniAddress": isThere ? .string("\(configuration.address)") : nil,
            "State": .string(endpoint.state.rawValue),
            "FailureReason": endpoint.failureReason.map { .string($0) },
            "Tags": tags.map { .tags($0[configuration.resourceID]) },
        ])
    }

    /// RouteServerPeer.
    ///
    /// The BfdStatus of a peer without BFD is `down`; that AWS reports it so is assumed.
    package func shape(of peer: Peer, tags: TagsByID?) -> ShapeValue {
        let configuration = peer.peer
        return .of([
            "RouteServerPeerId": .string(configuration.resourceID),
            "RouteServerEndpointId": peer.endpoint.map { .string($0.resourceID) },
            "RouteServerId": .string(resourceID),
            "VpcId": .string(vpcID),
            "SubnetId": peer.endpoint.map { .string($0.subnetID) },
            "State": .string(peer.state.rawValue),
            "FailureReason": peer.failureReason.map { .string($0) },
            "EndpointEniId": peer.endpoint.map { .string($0.networkInterfaceID) },
            "EndpointEniAddress": .string("\(configuration.endpointAddress)"),
            "PeerAddress": .string("\(configuration.address)"),
            "BgpOptions": .of([
                "PeerAsn": .integer(Int64(configuration.asn.value)),
                "PeerLivenessDetection": .string(configuration.livenessDetection.rawValue),
            ]),
            "BgpStatus": .of(["Status": .string(peer.bgpStatus.rawValue)]),
            "BfdStatus": .of(["Status": .string(peer.bfdStatus.rawValue)]),
            "Tags": tags.map { .tags($0[configuration.resourceID]) },
        ])
    }

    /// RouteServerAssociation.
    package func shape(of association: RouteServerAssociationState) -> ShapeValue {
        .of([
            "RouteServerId": .string(resourceID),
            "VpcId": .string(vpcID),
            "State": .string(association.rawValue),
        ])
    }

    /// RouteServerPropagation.
    package func shape(of propagation: Propagation) -> ShapeValue {
        .of([
            "RouteServerId": .string(resourceID),
            "RouteTableId": .string(propagation.table.resourceID),
            "State": .string(propagation.state.rawValue),
        ])
    }
}
