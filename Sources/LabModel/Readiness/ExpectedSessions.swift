// SPDX-License-Identifier: MIT-0
internal import BGP
internal import NodeProtocol
package import VPC
package import WireFormat

/// A session of a route server, as listings name it.
package struct SessionName: Hashable, Sendable, CustomStringConvertible {
    /// The route server endpoint's name.
    package var endpoint: String
    /// The address of the other end.
    package var peer: IPAddress

    package init(endpoint: String, peer: IPAddress) {
        self.endpoint = endpoint
        self.peer = peer
    }

    package var description: String { "\(endpoint) with \(peer)" }
}

extension LabLayout {
    private var dialledPeers: DialledPeers { DialledPeers(model: model, speakers: speakers) }

    /// The BGP sessions that the template's own speakers should bring up.
    ///
    /// Leaves out sessions that the rules of network interfaces block: a template with such a mistake is deployed all the
    /// same.
    package var expectedSessions: [SessionName] { expectedSessions { _ in true } }

    /// The BFD sessions that come up beside them.
    package var expectedBFDSessions: [SessionName] {
        // Debian's gobgpd has no BFD.
        guard options.speaker != .gobgpd else { return [] }
        let blocked = Set(blockedSessions.map(\.peer))
        return expectedSessions { options.bfdTimers(for: $0) != nil && !blocked.contains($0.logicalID) }
    }

    private func expectedSessions(_ isMeant: (RouteServerPeer) -> Bool) -> [SessionName] {
        let dialled = dialledPeers
        let unheard = peersWithoutBGP
        return model.routeServers.flatMap { server in
            server.peers.filter {
                dialled.contains($0, of: server) && !unheard.contains($0.logicalID) && isMeant($0)
            }.compactMap { peer in
                server.endpoints.first { $0.logicalID == peer.endpoint }
                    .map { SessionName(endpoint: $0.name, peer: peer.address) }
            }
        }
    }

    /// The peers, by logical id, whose BGP the rules of network interfaces block.
    private var peersWithoutBGP: Set<String> {
        Set(blockedSessions.filter { $0.sessionProtocol == .bgp }.map(\.peer))
    }

    /// How many paths a route server has to each prefix once all speakers' announcements have arrived at all of its peers.
    package func expectedPathCounts(at server: RouteServerObject) -> [IPPrefix: Int] {
        let unheard = peersWithoutBGP
        var counts: [IPPrefix: Int] = [:]
        for speaker in speakers {
            guard let instance = model.instances.first(where: { $0.name == speaker.instance }) else { continue }
            let addresses = model.addresses(of: instance)
            let endpoints = server.peers.filter {
                addresses.contains($0.address) && dialledPeers.contains($0, of: server)
                    && !unheard.contains($0.logicalID)
            }.map { endpointAddress(of: $0, server) }
            for announcement in speaker.configuration.announcements
            where speaker.configuration.reasonToKeepBack(announcement) == nil {
                let sessions = endpoints.count { endpoint in
                    speaker.configuration.neighbors.first { $0.peerAddress == endpoint }?
                        .families.contains(announcement.prefix.family) ?? false
                }
                if sessions > 0 { counts[announcement.prefix, default: 0] += sessions }
            }
        }
        return counts
    }

    private func endpointAddress(of peer: RouteServerPeer, _ server: RouteServerObject) -> IPAddress? {
        server.endpoints.first { $0.logicalID == peer.endpoint }
            .flatMap { model.networkInterface($0.networkInterface) }?.address
    }
}
