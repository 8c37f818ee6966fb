// SPDX-License-Identifier: MIT-0
package import BFD
package import VPC
internal import WireFormat

/// How a lab differs from its template.
package struct LabOptions: Codable, Hashable, Sendable {
    package enum SpeakerKind: String, Codable, Hashable, Sendable, CaseIterable {
        /// rslab's own speaker.
        case builtin
        /// Debian's gobgpd, as in the sample.
        case gobgpd
        /// BIRD 2.
        case bird
        /// FRR's zebra and bgpd, and bfdd if BFD is used.
        case frr
    }

    package var speaker: SpeakerKind
    /// The hold time that both sides offer; nil: 90 s, or the value in gobgpd.conf.
    package var holdTimeSeconds: UInt16?
    /// BFD between every endpoint and peer; nil: only where the template asks for it, with assumed timers.
    package var bfd: BFDTimers?
    /// No BFD, whatever the template says.
    package var isBFDOff: Bool
    /// How BFD is authenticated at both ends; nil: not at all.
    package var bfdAuthentication: BFDAuthentication?

    /// An end of the BFD sessions.
    package enum BFDSide: String, Codable, Hashable, Sendable, CaseIterable {
        case speakers
        case routeServer = "route-server"
    }

    /// In a table that several route servers write, whose route to a prefix is used.
    ///
    /// The first of them by name, then those not named, in template order.
    ///
    /// AWS does not document it: assumed.
    package var tablePrecedence: [String]?

    /// Which sides take the passive role; empty: none, as RFC 5881 section 3 requires.
    package var passiveBFD: Set<BFDSide>
    /// Settings of the route servers.
    package var routeServer: RouteServerSettings
    /// Everything passes, whatever the template's security groups say.
    package var areSecurityGroupsOff = false
    /// No interface checks sources and destinations, whatever the template says.
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

    /// A route server endpoint's BFD timers if the template asks for BFD.
    ///
    /// AWS does not publish its own; Direct Connect's published values are these: assumed.
    package static let assumedBFDTimers = BFDTimers(interval: .milliseconds(300), multiplier: 3)

    /// Whether intervals are so long that a session looks the same before and after it has sped up.
    package var asksForSlowBFD: Bool { bfd.map { $0.interval >= .oneSecond } ?? false }

    /// The BFD timers for a peer; nil if its liveness is left to BGP's keepalives.
    package func bfdTimers(for peer: RouteServerPeer) -> BFDTimers? {
        guard !isBFDOff else { return nil }
        return bfd ?? (peer.livenessDetection == .bfd ? Self.assumedBFDTimers : nil)
    }

    /// The BFD settings of one side of a peer's session; nil without BFD.
    package func bfdSettings(for peer: RouteServerPeer, at side: BFDSide) -> BFDSessionSettings? {
        bfdTimers(for: peer).map {
            BFDSessionSettings(timers: $0, isPassive: passiveBFD.contains(side), authentication: bfdAuthentication)
        }
    }

    /// The same for an instance: the endpoints with which it uses BFD, by address.
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
