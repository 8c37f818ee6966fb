// SPDX-License-Identifier: MIT-0
import WireFormat

/// Checks of route servers and their endpoints, peers and propagations.
extension ModelCheck {
    mutating func checkRouteServers() {
        let quotas = Self.adjustableQuotas
        if model.routeServers.count > quotas.serversPerVPC {
            warning(
                model.logicalID,
                "\(model.routeServers.count) route servers: AWS allows \(quotas.serversPerVPC) per VPC by default"
            )
        }
        for server in model.routeServers {
            let id = server.logicalID
            if !Self.asns.contains(server.amazonSideASN) {
                error(
                    id, property: "AmazonSideAsn",
                    "\(id) has the AS number \(server.amazonSideASN), which is out of range")
            }
            if server.endpoints.count > quotas.endpointsPerServer {
                warning(
                    id,
                    "\(id) has \(server.endpoints.count) endpoints: AWS allows \(quotas.endpointsPerServer) "
                        + "per route server by default")
            }
            checkEndpoints(server)
            checkPeers(server)
            for (index, table) in server.propagations.enumerated() {
                if !tables.contains(table) {
                    error(
                        id, "\(id) propagates routes to \(table), which is not a route table", isAboutAbsence: true)
                }
                if server.propagations[..<index].contains(table) {
                    error(id, "\(id) propagates routes to \(table) more than once")
                }
            }
            if server.propagations.isEmpty {
                warning(
                    id, "\(id) writes no route table: there is no AWS::EC2::RouteServerPropagation for it",
                    isAboutAbsence: true)
            }
        }
    }

    private mutating func checkEndpoints(_ server: RouteServerObject) {
        var counts: [String: Int] = [:]
        for endpoint in server.endpoints {
            guard let interface = interfaces[endpoint.networkInterface] else {
                error(
                    endpoint.logicalID, "\(endpoint.logicalID) has no network interface", isAboutAbsence: true)
                continue
            }
            counts[interface.subnet, default: 0] += 1
            if counts[interface.subnet] == Self.endpointsPerSubnet + 1 {
                error(
                    endpoint.logicalID, property: "SubnetId",
                    "\(server.logicalID) has more than \(Self.endpointsPerSubnet) endpoints in \(interface.subnet)")
            }
            let peerCount = server.peers.count { $0.endpoint == endpoint.logicalID }
            if peerCount > Self.adjustableQuotas.peersPerEndpoint {
                warning(
                    endpoint.logicalID,
                    "\(endpoint.logicalID) has \(peerCount) peers: AWS allows "
                        + "\(Self.adjustableQuotas.peersPerEndpoint) by default")
            }
        }
    }

    private mutating func checkPeers(_ server: RouteServerObject) {
        let endpoints = Dictionary(server.endpoints.map { ($0.logicalID, $0) }) { first, _ in first }
        let endpointInterfaces = Set(model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
        var sessions: [SessionKey: String] = [:]
        for peer in server.peers {
            let id = peer.logicalID
            guard endpoints[peer.endpoint] != nil else {
                error(
                    id, property: "RouteServerEndpointId",
                    "\(id) belongs to \(peer.endpoint), which is not an endpoint of "
                        + server.logicalID, isAboutAbsence: true)
                continue
            }
            if !Self.asns.contains(peer.asn) {
                error(id, property: "BgpOptions", "\(id) has the AS number \(peer.asn), which is out of range")
            }
            let session = SessionKey(endpoint: peer.endpoint, address: peer.address)
            if let other = sessions.updateValue(id, forKey: session) {
                error(
                    id, property: "PeerAddress",
                    "\(id) and \(other) are the same peer: \(peer.address) of \(peer.endpoint)")
            }
            if peer.address.family != .ipv4 {
                error(id, property: "PeerAddress", "a peer needs an IPv4 address, and \(peer.address) is not one")
                continue
            }
            let owner = model.networkInterfaces.first {
                $0.addresses.contains(peer.address)
            }
            guard let owner else {
                checkAddressWithoutOwner(peer, of: server)
                continue
            }
            if endpointInterfaces.contains(owner.logicalID) {
                error(id, property: "PeerAddress", "the peer's address \(peer.address) is that of an endpoint")
            } else if !model.instances.contains(where: { $0.networkInterfaces.contains(owner.logicalID) }) {
                warning(
                    id, property: "PeerAddress",
                    "\(owner.logicalID), which has the peer's address \(peer.address), is not attached to an instance",
                    isAboutAbsence: true)
            }
        }
    }

    private struct SessionKey: Hashable {
        var endpoint: String
        var address: IPAddress
    }

    /// AWS accepts a peer whose address no network interface has yet: the endpoint waits for a speaker that comes with
    /// it.
    private mutating func checkAddressWithoutOwner(_ peer: RouteServerPeer, of server: RouteServerObject) {
        let id = peer.logicalID
        let isReachable = model.subnets.contains { $0.cidrBlock.contains(peer.address) }
        let reason = isReachable ? "no network interface has" : "no subnet of the VPC has room for"
        warning(
            id, property: "PeerAddress",
            "\(reason) the peer's address \(peer.address), so its session stays down: create an instance "
                + "with it, or refer to an instance's PrivateIp", isAboutAbsence: true)
    }
}
