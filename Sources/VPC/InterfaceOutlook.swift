// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What the rules of network interfaces will block, known before anything is sent.
package struct InterfaceOutlook: Sendable {
    /// A session between a route server and a device that cannot come up, and why.
    package struct BlockedSession: Hashable, Sendable, CustomStringConvertible {
        package enum SessionProtocol: String, Hashable, Sendable {
            case bgp = "BGP"
            case bfd = "BFD"
        }

        package var sessionProtocol: SessionProtocol
        /// The peer's logical id.
        package var peer: String
        package var endpoint: RouteServerEndpoint
        package var peerAddress: IPAddress
        package var refusal: InterfaceRefusal

        package var description: String {
            "\(sessionProtocol.rawValue) of \(endpoint.name) with \(peerAddress) stays down: \(refusal)"
        }
    }

    private static let bgpPort: UInt16 = 179
    private static let bfdPort: UInt16 = 3784

    private let model: VPCModel
    private let rules: [String: InterfaceRules]
    private let hasBFD: @Sendable (RouteServerPeer) -> Bool

    /// - Parameter hasBFD: Whether a peer uses BFD.
    package init(
        _ model: VPCModel, _ enforcement: InterfaceEnforcement = InterfaceEnforcement(),
        hasBFD: @escaping @Sendable (RouteServerPeer) -> Bool = { $0.livenessDetection == .bfd }
    ) {
        self.model = model
        self.hasBFD = hasBFD
        let pairs = model.interfaceRules(enforcement, hasBFD: hasBFD).map { ($0.interface.logicalID, $0) }
        rules = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Sessions that the rules prevent; sessions whose interfaces are unknown are not included.
    ///
    /// The device opens the BGP session. BFD needs packets in both directions (RFC 5881 section 4), and without BGP
    /// there is no BFD session.
    package var blockedSessions: [BlockedSession] {
        model.routeServers.flatMap { server in
            server.peers.compactMap { peer -> BlockedSession? in
                guard let endpoint = server.endpoints.first(where: { $0.logicalID == peer.endpoint }),
                    let near = rules[endpoint.networkInterface],
                    let far = rules.values.first(where: { $0.interface.addresses.contains(peer.address) })
                else { return nil }
                func blocked(
                    _ sessionProtocol: BlockedSession.SessionProtocol, by refusal: InterfaceRefusal
                ) -> BlockedSession {
                    BlockedSession(
                        sessionProtocol: sessionProtocol, peer: peer.logicalID, endpoint: endpoint,
                        peerAddress: peer.address, refusal: refusal)
                }
                let own = near.interface.address
                if let refusal = InterfaceRules.refusal(
                    of: .tcp(Self.bgpPort, from: peer.address, to: own), from: far, to: near)
                {
                    return blocked(.bgp, by: refusal)
                }
                guard hasBFD(peer) else { return nil }
                let refusal =
                    InterfaceRules.refusal(of: .udp(Self.bfdPort, from: own, to: peer.address), from: near, to: far)
                    ?? InterfaceRules.refusal(of: .udp(Self.bfdPort, from: peer.address, to: own), from: far, to: near)
                return refusal.map { blocked(.bfd, by: $0) }
            }
        }
    }

    /// Why a request from behind one interface to behind another, or its answer, does not arrive.
    ///
    /// Interfaces are given by logical id; nil if it does arrive.
    package func refusal(
        of request: Traffic, from sender: String, to receiver: String
    ) -> InterfaceRefusal? {
        guard let near = rules[sender], let far = rules[receiver] else { return nil }
        return InterfaceRules.refusal(of: request, from: near, to: far)
    }
}
