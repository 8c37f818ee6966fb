// SPDX-License-Identifier: MIT-0
internal import BGP
internal import NodeProtocol
package import VPC
internal import WireFormat

/// Which peers of the route servers get a connection.
///
/// An endpoint never dials (Amazon VPC User Guide), so the sessions of all other peers stay down without anything being
/// wrong.
package struct DialledPeers {
    let model: VPCModel
    let speakers: [InstanceSpeaker]

    package init(model: VPCModel, speakers: [InstanceSpeaker]) {
        self.model = model
        self.speakers = speakers
    }

    /// Whether a speaker in the template has a peer's address, and the endpoint as its neighbour.
    package func contains(_ peer: RouteServerPeer, of server: RouteServerObject) -> Bool {
        guard let speaker = speaker(at: peer.address), let endpoint = endpointAddress(of: peer, in: server) else {
            return false
        }
        return speaker.configuration.neighbors.contains { $0.peerAddress == endpoint }
    }

    private func speaker(at address: IPAddress) -> InstanceSpeaker? {
        guard let instance = instance(at: address) else { return nil }
        return speakers.first { $0.instance == instance.name }
    }

    private func instance(at address: IPAddress) -> Instance? {
        guard let owner = model.networkInterface(owning: address) else { return nil }
        return model.instances.first { $0.networkInterfaces.contains(owner.logicalID) }
    }

    private func endpointAddress(of peer: RouteServerPeer, in server: RouteServerObject) -> IPAddress? {
        server.endpoints.first { $0.logicalID == peer.endpoint }
            .flatMap { model.networkInterface($0.networkInterface)?.address }
    }

    /// Messages about peers with an instance that does not dial; peers without an instance are the model's warnings.
    var notes: [String] {
        model.routeServers.flatMap { server in
            server.peers.filter { !contains($0, of: server) }.compactMap { peer in
                guard let instance = instance(at: peer.address) else { return nil }
                let endpoint = endpointAddress(of: peer, in: server).map(\.description) ?? "it"
                let reason = speaker(at: peer.address) == nil ? "runs no BGP speaker" : "does not dial \(endpoint)"
                return "the session of \(peer.name) with \(peer.address) stays down: \(instance.name) \(reason)"
            }
        }
    }
}

extension LabBlueprint {
    /// Peers whose sessions stay down because no speaker dials, one sentence each.
    package var silentPeerNotes: [String] { DialledPeers(model: model, speakers: speakers).notes }
}
