// SPDX-License-Identifier: MIT-0
package import BFD
internal import BGP
internal import NodeProtocol
package import WireFormat

/// One BFD session of a node: its peer, link and settings.
package struct BFDPeering: Codable, Hashable, Sendable {
    package var peerAddress: IPAddress
    /// The local address of packets sent and received; nil: chosen by the kernel, and any.
    package var localAddress: IPAddress?
    /// The only link on which to receive; nil if the node has just one.
    package var link: String?
    /// The route server endpoint that owns the session.
    package var endpoint: String?
    package var settings: BFDSessionSettings

    package init(
        peerAddress: IPAddress, localAddress: IPAddress? = nil, link: String? = nil, endpoint: String? = nil,
        settings: BFDSessionSettings
    ) {
        self.peerAddress = peerAddress
        self.localAddress = localAddress
        self.link = link
        self.endpoint = endpoint
        self.settings = settings
    }

    var session: BFDSessionConfiguration {
        BFDSessionConfiguration(
            desiredMinTxInterval: settings.timers.interval, requiredMinRxInterval: settings.timers.interval,
            detectMult: settings.timers.multiplier, isPassive: settings.isPassive,
            authentication: settings.authentication?.authentication(digest: DigestFunction.libmd))
    }
}

extension RouteServerProgramConfiguration.PeerSession {
    /// The peer's BFD session; nil without one.
    var peering: BFDPeering? {
        bfd.map {
            BFDPeering(
                peerAddress: session.peerAddress, localAddress: endpointAddress, link: link,
                endpoint: endpoint, settings: $0)
        }
    }
}
