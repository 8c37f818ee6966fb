// SPDX-License-Identifier: MIT-0
import BGP
package import Causes
package import WireFormat

/// The objects of a route server other than peers and propagations, with their states.
struct RouteServerObjects: Sendable {
    struct EndpointState: Sendable {
        var configuration: RouteServerConfiguration.Endpoint
        var state: RouteServerObjectState
        var failureReason: String?
    }

    var state = RouteServerObjectState.available
    var vpcID: String
    /// Nil without an association.
    var association: RouteServerAssociationState?
    var endpoints: [EndpointState]
    var isNotifyingSNS: Bool

    /// If the configuration does not list endpoints, they are those of its peers.
    init(_ configuration: RouteServerConfiguration) {
        vpcID = configuration.vpcID
        isNotifyingSNS = configuration.isNotifyingSNS
        association = configuration.isAssociated ? .associated : nil
        var known = configuration.endpoints
        for peer in configuration.peers where !known.contains(where: { $0.name == peer.endpoint }) {
            known.append(
                .init(
                    name: peer.endpoint, resourceID: peer.endpoint, subnetID: "", networkInterfaceID: "",
                    address: peer.endpointAddress))
        }
        endpoints = known.map { EndpointState(configuration: $0, state: .available) }
    }

    func endpointNumber(_ name: String) -> Int? {
        endpoints.firstIndex { $0.configuration.name == name }
    }
}

/// Creating and deleting objects on the running route server, in AWS's order.
///
/// Peers are deleted before their endpoint, endpoints and propagations before the association, and the association
/// before the route server.
///
/// Actions for the shell are outputs; the object is `pending` or `deleting` until the shell confirms.
extension RouteServerMachine {
    // MARK: Peers

    /// Creates a peer, which is `pending` until `confirmCreation`.
    ///
    /// Its address need not belong to a network interface yet (an appliance may be launched later).
    package mutating func createPeer(_ peer: RouteServerConfiguration.Peer, at now: Instant) throws(RouteServerRefusal)
    {
        guard let endpoint = objects.endpointNumber(peer.endpoint) else {
            throw .notFound(.endpoint, peer.endpoint)
        }
        guard objects.endpoints[endpoint].state == .available else {
            throw .incorrectState(peer.endpoint, state: objects.endpoints[endpoint].state.rawValue)
        }
        guard peer.address.family == .ipv4 else {
            throw .invalidParameterValue("a peer needs an IPv4 address, and \(peer.address) is not one")
        }
        guard (1...4_294_967_294).contains(peer.asn.value) else {
            throw .invalidParameterValue("the ASN \(peer.asn) is out of range")
        }
        let others = peers.filter { $0.configuration.endpoint == peer.endpoint && $0.state != .deleted }
        if peerNumbers[peer.id] != nil { throw .duplicate(.peer, peer.resourceID) }
        if let other = others.first(where: { $0.configuration.address == peer.address }) {
            throw .duplicate(.peer, other.configuration.resourceID)
        }
        guard others.count < configuration.quotas.peersPerEndpoint else {
            throw .limitExceeded(.peer, of: peer.endpoint, limit: configuration.quotas.peersPerEndpoint)
        }
        addPeer(peer, state: .pending)
        emit(.addPeer(peer))
    }

    /// The shell now waits for a new peer's device, or reports why it cannot.
    package mutating func confirmCreation(of peer: PeerID, failure: String? = nil) {
        guard let number = peerNumbers[peer], peers[number].state == .pending else { return }
        peers[number].state = failure == nil ? .available : .failed
        peers[number].failureReason = failure
    }

    /// Deletes a peer, which ends its session; it is `deleting` until `confirmDeletion`.
    ///
    /// With persist routes, this end of session counts like any other: if it was the last one, routes are persisted
    /// (assumed).
    package mutating func deletePeer(_ peer: PeerID, at now: Instant) throws(RouteServerRefusal) {
        guard let number = peerNumbers[peer] else { throw .notFound(.peer, peer.logicalID) }
        guard peers[number].state != .deleting else {
            throw .incorrectState(peers[number].configuration.resourceID, state: peers[number].state.rawValue)
        }
        peers[number].state = .deleting
        if peers[number].isEstablished {
            endSession(number, .peerDeconfigured, because: .peerDeleted(peer), at: now)
        }
        peers[number].isBFDUp = false
        emit(.removePeer(peers[number].configuration))
    }

    /// Nothing of a peer is left outside.
    package mutating func confirmDeletion(of peer: PeerID) {
        guard let number = peerNumbers[peer], peers[number].state == .deleting else { return }
        peers[number].state = .deleted
        peerNumbers[peer] = nil
    }

    // MARK: Endpoints

    /// Creates an endpoint, which is `pending` until `confirmCreation`.
    package mutating func createEndpoint(_ endpoint: RouteServerConfiguration.Endpoint) throws(RouteServerRefusal) {
        guard objects.association == .associated else {
            throw .notAssociated(configuration.resourceID)
        }
        guard objects.endpointNumber(endpoint.name) == nil else { throw .duplicate(.endpoint, endpoint.resourceID) }
        let quotas = configuration.quotas
        guard objects.endpoints.count < quotas.endpointsPerRouteServer else {
            throw .limitExceeded(.endpoint, of: configuration.resourceID, limit: quotas.endpointsPerRouteServer)
        }
        guard
            objects.endpoints.count(where: { $0.configuration.subnetID == endpoint.subnetID })
                < quotas.endpointsPerSubnet
        else {
            throw .limitExceeded(.endpoint, of: endpoint.subnetID, limit: quotas.endpointsPerSubnet)
        }
        objects.endpoints.append(RouteServerObjects.EndpointState(configuration: endpoint, state: .pending))
        emit(.addEndpoint(endpoint))
    }

    /// The shell has created a new endpoint, or reports why it could not.
    package mutating func confirmCreation(ofEndpoint name: String, failure: String? = nil) {
        guard let number = objects.endpointNumber(name), objects.endpoints[number].state == .pending else { return }
        objects.endpoints[number].state = failure == nil ? .available : .failed
        objects.endpoints[number].failureReason = failure
    }

    /// Deletes an endpoint, which is `deleting` until `confirmDeletion`.
    package mutating func deleteEndpoint(_ name: String) throws(RouteServerRefusal) {
        guard let number = objects.endpointNumber(name) else { throw .notFound(.endpoint, name) }
        let endpoint = objects.endpoints[number].configuration
        if let peer = peers.first(where: { $0.configuration.endpoint == name && $0.state != .deleted }) {
            throw .dependencyViolation(endpoint.resourceID, dependent: "the peer \(peer.configuration.resourceID)")
        }
        guard objects.endpoints[number].state != .deleting else {
            throw .incorrectState(endpoint.resourceID, state: objects.endpoints[number].state.rawValue)
        }
        objects.endpoints[number].state = .deleting
        emit(.removeEndpoint(endpoint))
    }

    /// The shell has removed an endpoint, or reports why it could not.
    package mutating func confirmDeletion(ofEndpoint name: String, failure: String? = nil) {
        guard let number = objects.endpointNumber(name), objects.endpoints[number].state == .deleting else { return }
        guard let failure else {
            objects.endpoints.remove(at: number)
            return
        }
        objects.endpoints[number].state = .deleteFailed
        objects.endpoints[number].failureReason = failure
    }

    // MARK: Propagation

    /// Writes the FIB to a table from now on; `pending` until what is in the FIB has been written.
    package mutating func enablePropagation(
        to table: RouteServerConfiguration.PropagatedTable, at now: Instant
    ) throws(RouteServerRefusal) {
        guard objects.association == .associated else {
            throw .notAssociated(configuration.resourceID)
        }
        let propagation = Propagation(table, of: configuration, state: .pending)
        let number: Int
        if let known = propagations.firstIndex(where: { $0.table.kernelTable == table.kernelTable }) {
            switch propagations[known].state {
            case .deleted: break
            case .deleting: throw .incorrectState("the propagation to \(table.resourceID)", state: "deleting")
            default: throw .alreadyPropagated(configuration.resourceID, table: table.resourceID)
            }
            number = known
            propagations[known] = propagation
        } else {
            number = propagations.count
            propagations.append(propagation)
        }
        fillTable(number)
        advancePropagation(number)
    }

    /// Removes all routes from a table and writes none from now on; `deleting` until that is done.
    package mutating func disablePropagation(toTable resourceID: String, at now: Instant) throws(RouteServerRefusal) {
        guard
            let number = propagations.firstIndex(where: { $0.table.resourceID == resourceID && $0.state != .deleted })
        else { throw .notPropagated(configuration.resourceID, table: resourceID) }
        guard propagations[number].isEnabled else {
            throw .incorrectState("the propagation to \(resourceID)", state: propagations[number].state.rawValue)
        }
        propagations[number].state = .deleting
        emptyTable(number)
        advancePropagation(number)
    }

    /// A propagation reaches its final state as soon as no change to its table is outstanding.
    mutating func advancePropagation(_ number: Int) {
        guard propagations[number].unconfirmedCount <= 0 else { return }
        switch propagations[number].state {
        case .pending: propagations[number].state = .available
        case .deleting: propagations[number].state = .deleted
        default: break
        }
    }

    // MARK: The route server

    /// Associates the route server with its VPC again, at once, which is assumed.
    package mutating func associate() throws(RouteServerRefusal) {
        guard state == .available else { throw .incorrectState(configuration.resourceID, state: state.rawValue) }
        guard objects.association == nil else {
            throw .alreadyAssociated(configuration.resourceID, vpc: objects.vpcID)
        }
        objects.association = .associated
    }

    /// Ends the route server's association with its VPC.
    package mutating func disassociate() throws(RouteServerRefusal) {
        guard objects.association == .associated else { throw .notAssociated(configuration.resourceID) }
        if let endpoint = objects.endpoints.first {
            throw .dependencyViolation(
                configuration.resourceID, dependent: "the endpoint \(endpoint.configuration.resourceID)")
        }
        if let propagation = propagations.first(where: { $0.state != .deleted }) {
            throw .dependencyViolation(
                configuration.resourceID, dependent: "the propagation to \(propagation.table.resourceID)")
        }
        objects.association = nil
    }

    /// Deletes the route server.
    package mutating func deleteRouteServer() throws(RouteServerRefusal) {
        guard state == .available else { throw .incorrectState(configuration.resourceID, state: state.rawValue) }
        if objects.association != nil {
            throw .dependencyViolation(configuration.resourceID, dependent: "an association with \(objects.vpcID)")
        }
        objects.state = .deleted
    }
}
