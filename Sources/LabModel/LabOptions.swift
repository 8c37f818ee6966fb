// SPDX-License-Identifier: MIT-0
package import BFD
package import VPC
internal import WireFormat

/// How a lab is to differ from what its template says.
package struct LabOptions: Codable, Hashable, Sendable {
    package enum SpeakerKind: String, Codable, Hashable, Sendable, CaseIterable {
        /// rslab's own.
        case builtin
        /// Debian's gobgpd, as the sample runs it.
        case gobgpd
        /// BIRD 2.
        case bird
        /// FRR's zebra, bgpd and, where BFD is asked for, bfdd.
        case frr
    }

    package var speaker: SpeakerKind
    /// The hold time that both sides offer; nil: 90 s, or what gobgpd.conf says.
    package var holdTimeSeconds: UInt16?
    /// BFD between every endpoint and peer; nil: where the template asks for it, with assumed timers.
    package var bfd: BFDTimers?
    /// No BFD, whatever the template asks for.
    package var isBFDOff: Bool
    /// How BFD is authenticated, at both ends; nil: not at all.
    package var bfdAuthentication: BFDAuthentication?

    /// An end of the BFD sessions.
    package enum BFDSide: String, Codable, Hashable, Sendable, CaseIterable {
        case speakers
        case routeServer = "route-server"
    }

    /// Which route server's route to a prefix is followed in a table that several write: the first of them by name, then those
    /// that are not named in the template's order.
    ///
    /// AWS does not say: assumed.
    package var tablePrecedence: [String]?

    /// Who takes the passive role; empty: nobody, as RFC 5881 section 3 wants it.
    package var passiveBFD: Set<BFDSide>
    /// How the route servers are set.
    package var routeServer: RouteServerSettings
    /// Whatever the template's security groups say, everything passes.
    package var areSecurityGroupsOff = false
    /// Whatever the template's interfaces say, none checks sources and destinations.
    package var isSourceDestinationCheckOff = false

    package init(
        speaker: SpeakerKind = .builtin, holdTimeSeconds: UInt16? = nil, bfd: BFDTimers? = nil, isBFDOff: Bool = false,
        bfdAuthentication: BFDAuthentication? = nil, passiveBFD: Set<BFDSide> = [],
        routeServer: RouteServerSettings = RouteServerSettings(), tablePrecedence: [String]? = nil
    ) {
        self.speaker = speaker
        self.holdTimeSeconds = holdTimeSeconds
        self.bfd = bfd
        self.isBFDOff = isBFDOff
        self.bfdAuthentication = bfdAuthentication
        self.passiveBFD = passiveBFD
        self.routeServer = routeServer
        self.tablePrecedence = tablePrecedence
    }

    /// What a route server's endpoint runs BFD with where the template asks for it.
    ///
    /// AWS does not publish its own; Direct Connect's published values are these: assumed.
    package static let assumedBFDTimers = BFDTimers(interval: .milliseconds(300), multiplier: 3)

    /// Intervals so long that a session cannot be told from one that has yet to speed up.
    package var asksForSlowBFD: Bool { bfd.map { $0.interval >= .oneSecond } ?? false }

    /// How fast BFD runs with a peer; nil where its liveness is left to BGP's keepalives.
    package func bfdTimers(for peer: RouteServerPeer) -> BFDTimers? {
        guard !isBFDOff else { return nil }
        return bfd ?? (peer.livenessDetection == .bfd ? Self.assumedBFDTimers : nil)
    }

    /// How one side runs BFD with a peer, or a peer with it; nil without BFD.
    package func bfdSettings(for peer: RouteServerPeer, at side: BFDSide) -> BFDSessionSettings? {
        bfdTimers(for: peer).map {
            BFDSessionSettings(timers: $0, isPassive: passiveBFD.contains(side), authentication: bfdAuthentication)
        }
    }

    /// The same from an instance's side: the endpoints that it speaks BFD with, by their addresses.
    package func bfdNeighbors(of instance: Instance, in model: VPCModel) -> [String: BFDSessionSettings] {
        let addresses = model.addresses(of: instance)
        var neighbors: [String: BFDSessionSettings] = [:]
        for server in model.routeServers {
            for peer in server.peers where addresses.contains(peer.address) {
                guard let settings = bfdSettings(for: peer, at: .speakers),
                    let endpoint = server.endpoints.first(where: { $0.logicalID == peer.endpoint }),
                    let interface = model.networkInterface(endpoint.networkInterface)
                else { continue }
                neighbors[interface.address.description] = settings
            }
        }
        return neighbors
    }
}
