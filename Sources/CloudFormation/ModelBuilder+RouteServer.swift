// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// Route servers, their endpoints, peers and propagations.
extension ModelBuilder {
    func routeServers() -> [RouteServerObject] {
        let associated = associatedServers()
        return resources(ofType: "RouteServer").compactMap { resource in
            let name = giveName(to: resource)
            if !associated.contains(resource.logicalID) {
                log.error(
                    resource.position,
                    "\(resource.logicalID) is not associated with the VPC (AWS::EC2::RouteServerAssociation)")
            }
            guard let asn = number("AmazonSideAsn", of: resource).flatMap({ UInt32(exactly: $0) }) else { return nil }
            let endpoints = endpoints(of: resource)
            return RouteServerObject(
                logicalID: resource.logicalID, name: name, amazonSideASN: asn, endpoints: endpoints,
                peers: peers(of: endpoints), propagations: propagations(of: resource),
                persistRoutes: text("PersistRoutes", of: resource) == "enable",
                // 0 is only valid with `disable`; once enabled, 1 minute is the default.
                persistRoutesDurationMinutes: max(1, number("PersistRoutesDuration", of: resource) ?? 1),
                isNotifyingSNS: flag("SnsNotificationsEnabled", of: resource) ?? false)
        }
    }

    private func associatedServers() -> Set<String> {
        var servers: Set<String> = []
        for association in resources(ofType: "RouteServerAssociation") {
            _ = target("VpcId", of: association, types: ["VPC"])
            if let server = target("RouteServerId", of: association, types: ["RouteServer"]) { servers.insert(server) }
        }
        return servers
    }

    private func endpoints(of server: Resource) -> [RouteServerEndpoint] {
        resources(ofType: "RouteServerEndpoint").compactMap { resource in
            guard target("RouteServerId", of: resource, types: ["RouteServer"]) == server.logicalID else { return nil }
            return RouteServerEndpoint(
                logicalID: resource.logicalID, name: giveName(to: resource),
                networkInterface: InterfacePlan.endpointInterface(resource.logicalID))
        }
    }

    private func peers(of endpoints: [RouteServerEndpoint]) -> [RouteServerPeer] {
        resources(ofType: "RouteServerPeer").compactMap { resource in
            guard let endpoint = target("RouteServerEndpointId", of: resource, types: ["RouteServerEndpoint"]),
                endpoints.contains(where: { $0.logicalID == endpoint })
            else { return nil }
            let name = giveName(to: resource)
            guard let options = value("BgpOptions", of: resource),
                let asn = options["PeerAsn"]?.text.flatMap({ UInt32($0) }),
                let address = text("PeerAddress", of: resource).flatMap({ IPAddress($0) })
            else { return nil }
            let liveness = options["PeerLivenessDetection"]?.text.flatMap {
                RouteServerPeer.LivenessDetection(rawValue: $0)
            }
            return RouteServerPeer(
                logicalID: resource.logicalID, name: name, endpoint: endpoint, address: address, asn: asn,
                livenessDetection: liveness ?? .bgpKeepalive)
        }
    }

    private func propagations(of server: Resource) -> [String] {
        resources(ofType: "RouteServerPropagation").compactMap { resource in
            let table = target("RouteTableId", of: resource, types: ["RouteTable"])
            guard target("RouteServerId", of: resource, types: ["RouteServer"]) == server.logicalID else { return nil }
            return table
        }
    }
}
